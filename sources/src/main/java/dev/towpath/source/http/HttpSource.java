package dev.towpath.source.http;

import dev.towpath.source.common.Drift;
import dev.towpath.source.common.Settings;
import dev.towpath.spi.FileScan;
import dev.towpath.spi.Problem;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Shared;
import dev.towpath.spi.SourceReader;
import dev.towpath.spi.SourceState;
import dev.towpath.spi.SourceTable;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Tables from JSON APIs. An answer's records become rows, page after page; they are kept on disk
 * until they are in the lake, so that a reading takes the same memory however long the list is.
 *
 * <p>Mode {@code full} reads the whole list. Mode {@code incremental} sends the last value that was
 * seen of a column, and puts what comes in the place of rows with the same key.
 */
public final class HttpSource implements SourceReader {
  private static final Set<String> PASSING =
      Set.of("auth", "rate_limit", "timeout", "retries", "on_bad_row");

  /** The types of columns are told from so many pages, or so many bytes, at the most. */
  private static final int CONTACT_PAGES = 50;

  private static final long CONTACT_BYTES = 64L << 20;

  private final Web web;

  /** A reader. */
  public HttpSource() {
    this(Web.real());
  }

  HttpSource(Web web) {
    this.web = web;
  }

  @Override
  public String type() {
    return "http";
  }

  @Override
  public Set<String> sourceKeys() {
    return HttpSettings.sourceKeys();
  }

  @Override
  public boolean isPassing(String key, Object value) {
    return Drift.isPassing(key, value) || PASSING.contains(key);
  }

  @Override
  public Set<String> tableKeys() {
    return HttpSettings.tableKeys();
  }

  @Override
  public Set<String> modes() {
    return Set.of("full", "incremental");
  }

  @Override
  public List<Problem> check(SourceTable table) {
    Settings settings = new Settings(table);
    HttpSettings.of(table, settings);
    return settings.problems();
  }

  @Override
  public Schema contact(SourceTable table, Function<FileScan, Schema> infer) {
    HttpSettings settings = settings(table);
    try (Transport transport = web.transport();
        Download download =
            new Download(table, settings, new Server(table, settings, web, transport))) {
      download.run(
          Optional.empty(), (pages, bytes) -> pages >= CONTACT_PAGES || bytes >= CONTACT_BYTES);
      return table.columns().isPresent()
          ? download.columns(table.columns().get(), infer)
          : download.inferred(infer);
    }
  }

  @Override
  public Probe probe(SourceTable table, Optional<SourceState> last) {
    HttpSettings settings = settings(table);
    if (last.isEmpty()) {
      return new Probe.Changed("first reading");
    }
    Optional<Version> version = Version.of(last.get());
    if (version.isEmpty()) {
      return new Probe.Unknown();
    }
    try (Transport transport = web.transport();
        Download download =
            new Download(table, settings, new Server(table, settings, web, transport))) {
      return download.isStill(version.get())
          ? new Probe.Unchanged()
          : new Probe.Changed("the server has a newer version");
    }
  }

  @Override
  public Reading read(
      SourceTable table,
      Optional<SourceState> last,
      Schema schema,
      Function<FileScan, Schema> infer,
      Shared shared) {
    HttpSettings settings = settings(table);
    Transport transport = shared.get("http", web::transport);
    Download download = new Download(table, settings, new Server(table, settings, web, transport));
    try {
      SourceState next = download.run(last, (pages, bytes) -> false);
      boolean more = settings.following().isPresent() && last.isPresent();
      List<String> key = settings.following().map(following -> following.key()).orElse(List.of());
      return new HttpReading(
          download,
          download.columns(schema, infer),
          next,
          more ? Effect.UPSERT : Effect.REPLACE,
          key,
          settings.following().map(Following::column));
    } catch (RuntimeException e) {
      download.closeAfter(e);
      throw e;
    }
  }

  private static HttpSettings settings(SourceTable table) {
    Settings settings = new Settings(table);
    HttpSettings read = HttpSettings.of(table, settings);
    settings.verify();
    return read;
  }
}
