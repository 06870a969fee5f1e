package dev.towpath.source.http;

import static dev.towpath.source.common.Failures.quoted;

import dev.towpath.source.common.Drift;
import dev.towpath.source.common.Failures;
import dev.towpath.spi.Column;
import dev.towpath.spi.FileScan;
import dev.towpath.spi.Names;
import dev.towpath.spi.Problem;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SourceState;
import dev.towpath.spi.SourceTable;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The records of one table, fetched and kept on disk until closed. */
final class Download implements AutoCloseable {
  private static final String CURSOR = "cursor";

  private final SourceTable table;
  private final HttpSettings settings;
  private final Server server;
  private final Spool spool;
  private final Found found;
  private String name = "";
  private Optional<String> doubt = Optional.empty();

  Download(SourceTable table, HttpSettings settings, Server server) {
    this.table = table;
    this.settings = settings;
    this.server = server;
    this.found = new Found(settings.following().map(Following::column));
    try {
      this.spool = Spool.open(table.project());
    } catch (IOException e) {
      throw server.failure(
          "there is no place for temporary files: " + Failures.reason(e),
          "make the project's folder writable",
          e);
    }
  }

  /**
   * Fetches.
   *
   * @param last what the last reading said; empty to fetch everything
   * @return what the next reading starts from
   */
  SourceState run(Optional<SourceState> last, Pages.Enough enough) {
    Optional<String> before = last.map(state -> state.cursor().get(CURSOR));
    Optional<String> since = settings.following().flatMap(f -> f.from(before));
    if (before.isPresent() && settings.following().get().isStuck(before.get())) {
      throw server.failure(
          "\"lag\" cannot be taken from the cursor \"" + before.get() + "\"",
          "it is neither a number nor a time; remove lag:",
          null);
    }
    Pages pages = new Pages(server, settings, since);
    name = pages.name();
    Page first = pages.read(spool, found, enough);
    doubt = pages.doubt();
    Map<String, String> next = new HashMap<>();
    if (settings.following().isPresent()) {
      requireCursor(settings.following().get());
      Optional<String> seen = found.cursor();
      Optional<String> most =
          before.isPresent() && seen.isPresent()
              ? Optional.of(greater(before.get(), seen.get()))
              : before.or(() -> seen);
      most.ifPresent(value -> next.put(CURSOR, value));
    } else if (settings.pagination().type() == Pagination.Type.NONE && !settings.post()) {
      Version.of(pages.first(), first).ifPresent(version -> next.putAll(version.remembered()));
    }
    return new SourceState(next, List.of());
  }

  /** What makes it doubtful that these are all records. */
  Optional<String> doubt() {
    return doubt;
  }

  private String greater(String before, String seen) {
    try {
      return Following.greater(before, seen);
    } catch (IllegalArgumentException e) {
      throw server.failure(
          "nobody can tell which cursor is the later one, \"" + before + "\" or \"" + seen + "\"",
          Found.UNSORTED,
          e);
    }
  }

  private void requireCursor(Following following) {
    if (found.records() > 0 && found.names().keySet().stream().noneMatch(found::isCursor)) {
      throw server.failure(
          "no record has the cursor \"" + following.column() + "\"",
          "they have " + String.join(", ", found.names().keySet()),
          null);
    }
  }

  /** Whether the server still has that version; reads no records. */
  boolean isStill(Version version) {
    Request request = new Pages(server, settings, Optional.empty()).first();
    return version.isOf(request)
        && server.ask(version.conditional(request), spool.body(), false, version::stands);
  }

  /** The columns by the records' content. */
  Schema inferred(Function<FileScan, Schema> infer) {
    if (spool.isEmpty()) {
      throw server.failure(
          "the API has no records to tell the columns from",
          "declare \"columns\", or check again once it has some",
          null);
    }
    return located(infer);
  }

  /**
   * Compares the fields of the records with the table's columns.
   *
   * @return the columns to read as
   */
  Schema columns(Schema schema, Function<FileScan, Schema> infer) {
    if (spool.isEmpty()) {
      return schema;
    }
    Map<String, String> names = found.names();
    String where = names.values().stream().findFirst().orElse("");
    for (Map.Entry<String, String> name : names.entrySet()) {
      if (schema.column(name.getKey()).isEmpty()) {
        where = name.getValue();
        break;
      }
    }
    Drift drift = settings.drift().filling(); // an absent key is how JSON writes NULL
    List<String> added = drift.compare(table, quoted(where), List.copyOf(names.keySet()), schema);
    if (!settings.tolerant()) { // else the engine sets such records aside
      kinds(schema);
    }
    if (added.isEmpty()) {
      return schema;
    }
    Schema all = located(infer);
    Map<String, Column> more = new LinkedHashMap<>();
    for (String name : added) {
      all.column(name).ifPresent(column -> more.putIfAbsent(Names.identity(name), column));
    }
    return Drift.widen(schema, new ArrayList<>(more.values()));
  }

  /** The engine rounds a fraction where a whole number is due, and takes a truth for one. */
  private void kinds(Schema schema) {
    for (Column column : schema.columns()) {
      for (Found.Kind kind : Found.Kind.values()) {
        Optional<Found.Example> example = found.example(column.name(), kind);
        if (example.isPresent() && !kind.fits(column.type())) {
          throw server.failure(
              "%s has %s in %s, but the table has %s"
                  .formatted(
                      quoted(example.get().page()),
                      example.get().text(),
                      quoted(column.name()),
                      column.type().sql()),
              "declare \"columns\" with a type that fits, or delete the table's lines in"
                  + " schemas.lock and check again",
              null);
        }
      }
    }
  }

  private Schema located(Function<FileScan, Schema> infer) {
    try {
      return infer.apply(spool.scan(name, Optional.empty(), false));
    } catch (TowpathException e) {
      if (!e.problems().isEmpty()) {
        throw e;
      }
      TowpathException located =
          new TowpathException(
              List.of(
                  new Problem(
                      Problem.Severity.ERROR,
                      table.location(),
                      String.valueOf(e.getMessage()),
                      e.hint())));
      located.initCause(e);
      throw located;
    }
  }

  /** The records, to be read as the columns. */
  FileScan scan(Schema schema) {
    return spool.scan(name, Optional.of(schema), settings.tolerant());
  }

  /** Closes because of a failure, which is the one to be told. */
  void closeAfter(RuntimeException failure) {
    try {
      close();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public void close() {
    try {
      spool.close();
    } catch (IOException e) {
      throw server.failure(
          "temporary files cannot be removed: " + Failures.reason(e),
          "remove .towpath/tmp by hand",
          e);
    }
  }
}
