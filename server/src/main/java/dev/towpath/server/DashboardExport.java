package dev.towpath.server;

import dev.towpath.core.check.CheckedDashboard.Bound;
import dev.towpath.core.project.Dashboard;
import dev.towpath.core.project.Dashboard.Block;
import dev.towpath.server.form.Form;
import dev.towpath.server.page.Chromium;
import dev.towpath.server.page.Sheets;
import dev.towpath.server.page.Standalone;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.TowpathException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Makes files of a dashboard: of the page as it looks, or of all rows behind it. Every file says
 * what the filters were: on the page, on a sheet, in a file beside the rows, or in its name.
 */
public final class DashboardExport {
  private static final int LONGEST_NAME = 120;

  private final Dashboards.Reading reading;
  private final Path folder;
  private final Instant now;

  /**
   * Exports of a dashboard that is being read.
   *
   * @param folder takes the files, which the caller moves or removes
   */
  public DashboardExport(Dashboards.Reading reading, Path folder, Instant now) {
    this.reading = reading;
    this.folder = folder;
    this.now = now;
  }

  /**
   * A file that was made.
   *
   * @param name what to call it
   * @param type of its content
   */
  public record Made(Path file, String name, String type) {}

  /**
   * Makes a file.
   *
   * @param block the only one that is wanted; rows of several come as a zip
   */
  public Made make(DashboardFormat format, Optional<String> block) {
    try {
      Files.createDirectories(folder);
      if (format.isPage()) {
        if (block.isPresent()) {
          throw Refusal.bad(
              "block", format.word() + " shows the whole page", "leave the block out");
        }
        return page(format);
      }
      List<Block> blocks =
          block
              .map(id -> List.of(withRows(id)))
              .orElseGet(() ->
                  reading.seen().dashboard().blocks().stream()
                      .filter(b -> b.source().isPresent())
                      .toList());
      if (format == DashboardFormat.XLSX) {
        return made(format.word(), format.type(), block, out -> sheets(blocks, out));
      }
      Form form = format.form().orElseThrow();
      return block.isPresent() || blocks.size() == 1
          ? made(
              format.word(),
              format.type(),
              Optional.of(blocks.getFirst().id()),
              out -> rows(form, blocks.getFirst(), out))
          : made("zip", "application/zip", block, out -> zip(form, blocks, out));
    } catch (IOException e) {
      throw new TowpathException("the file cannot be written: " + e.getMessage(), null, e);
    }
  }

  private Block withRows(String id) {
    Block block = Dashboards.block(reading.seen(), id);
    if (block.source().isEmpty()) {
      throw Refusal.bad(
          "block",
          "\"" + id + "\" is a figure that Python draws, and has no rows",
          "html, pdf and png show it; or export the query that it reads");
    }
    return block;
  }

  /** Writes a file. */
  @FunctionalInterface
  private interface Content {
    void write(OutputStream out) throws IOException;
  }

  private Made made(String ending, String type, Optional<String> block, Content content)
      throws IOException {
    Path file = folder.resolve("export-" + UUID.randomUUID() + "." + ending);
    boolean whole = false;
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
      content.write(out);
      whole = true;
    } finally {
      if (!whole) {
        Files.deleteIfExists(file);
      }
    }
    return new Made(file, name(block) + "." + ending, type);
  }

  /** A name that says what is in the file, the filters' values too. */
  private String name(Optional<String> block) {
    StringBuilder name = new StringBuilder(reading.seen().dashboard().name());
    block.ifPresent(id -> name.append('-').append(id));
    reading
        .filters()
        .forEach((filter, value) -> {
          String part =
              "_" + filter + "=" + value.replace(", ", ",").replaceAll("[^\\p{L}\\p{N}.,+-]+", "-");
          if (!value.isEmpty() && name.length() + part.length() <= LONGEST_NAME) {
            name.append(part);
          }
        });
    return name.toString();
  }

  private void rows(Form form, Block block, OutputStream out) throws IOException {
    Bound bound = reading.seen().query(block).orElseThrow();
    Lakehouse.Query query = reading.prepare(bound);
    if (form == Form.PARQUET) {
      Path file = reading.parquet(query);
      try {
        Files.copy(file, out);
      } finally {
        Files.deleteIfExists(file);
      }
      return;
    }
    try (Lakehouse.Cursor cursor = reading.all(block, query)) {
      RowsOut.all(form, cursor, query.columns(), out);
    }
  }

  private void zip(Form form, List<Block> blocks, OutputStream out) throws IOException {
    ZipOutputStream zip = new ZipOutputStream(out, StandardCharsets.UTF_8);
    String ending = form.name().toLowerCase(java.util.Locale.ROOT);
    zip.putNextEntry(new ZipEntry("filters.csv"));
    StringBuilder text = new StringBuilder("filter,value\n");
    reading
        .filters()
        .forEach(
            (name, value) -> text.append(cell(name)).append(',').append(cell(value)).append('\n'));
    text.append("release,").append(reading.release()).append('\n');
    zip.write(text.toString().getBytes(StandardCharsets.UTF_8));
    zip.closeEntry();
    for (Block block : blocks) {
      zip.putNextEntry(new ZipEntry(block.id() + "." + ending));
      rows(form, block, new Unclosed(zip));
      zip.closeEntry();
    }
    zip.finish();
  }

  private static String cell(String text) {
    return text.matches("[^\",\r\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
  }

  private void sheets(List<Block> blocks, OutputStream out) throws IOException {
    Dashboard dashboard = reading.seen().dashboard();
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Dashboard", dashboard.title());
    facts.put("Release", Long.toString(reading.release()));
    facts.put("Made", now.toString());
    Map<String, String> filters = new LinkedHashMap<>();
    reading.filters().forEach((name, value) -> filters.put(label(name), value));
    try (Sheets sheets = new Sheets(out)) {
      sheets.facts(facts, filters);
      for (Block block : blocks) {
        Bound bound = reading.seen().query(block).orElseThrow();
        Lakehouse.Query query = reading.prepare(bound);
        try (Lakehouse.Cursor cursor = reading.all(block, query)) {
          sheets.rows(title(block), cursor, query.columns());
        }
      }
    }
  }

  private String label(String parameter) {
    for (Dashboard.Filter filter : reading.seen().dashboard().filters()) {
      String label = filter.label().orElse(filter.name().replace('_', ' '));
      if (parameter.equals(filter.name())) {
        return label;
      }
      if (parameter.startsWith(filter.name() + ".")) {
        return label + ", " + parameter.substring(filter.name().length() + 1);
      }
    }
    return parameter;
  }

  private static String title(Block block) {
    Optional<String> title =
        switch (block) {
          case Dashboard.Chart chart -> chart.look().title();
          case Dashboard.Table table -> table.look().title();
          case Dashboard.Metric metric -> metric.look().title();
          case Dashboard.Figure figure -> figure.look().title();
          case Dashboard.Prose _ -> Optional.empty();
        };
    return title.orElse(block.id());
  }

  private Made page(DashboardFormat format) throws IOException {
    Map<String, @Nullable Object> blocks = new LinkedHashMap<>();
    boolean full = false;
    for (Block block : reading.seen().dashboard().blocks()) {
      if (block.asks()) {
        Map<String, @Nullable Object> answer = answer(block);
        full |= Standalone.needsAll(answer.get("figure"));
        blocks.put(block.id(), answer);
      }
    }
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    reading.values().shown().forEach((name, value) -> values.put(name, texts(value)));
    Map<String, @Nullable Object> data =
        Json.object(
            "definition",
            DashboardShapes.whole(reading.seen(), reading.release(), List.of()),
            "options",
            reading.options(),
            "values",
            values,
            "blocks",
            blocks);
    String title = reading.seen().dashboard().title();
    String html = Standalone.page(title, Json.write(data), ConsoleFiles::asset, full);
    Made page =
        made(
            "html",
            format.type(),
            Optional.empty(),
            out -> out.write(html.getBytes(StandardCharsets.UTF_8)));
    if (format == DashboardFormat.HTML) {
      return page;
    }
    try {
      Path file = new Chromium(folder).print(page.file(), format == DashboardFormat.PDF);
      return new Made(file, name(Optional.empty()) + "." + format.word(), format.type());
    } finally {
      Files.deleteIfExists(page.file());
    }
  }

  /** What a block shows; one that fails says so on the page, and the others are there. */
  private Map<String, @Nullable Object> answer(Block block) {
    try {
      Map<String, @Nullable Object> answer = new LinkedHashMap<>();
      answer.put("release", reading.release());
      answer.putAll(reading.answer(block));
      return answer;
    } catch (CancelledException e) {
      throw e;
    } catch (TowpathException e) {
      return Json.object("error", Refusal.of(e).getMessage());
    }
  }

  private static List<String> texts(@Nullable Object value) {
    return switch (value) {
      case null -> List.of("");
      case List<?> list -> list.stream().map(Call::plain).toList();
      default -> List.of(Call.plain(value));
    };
  }

  /** A stream whose end is not the end of the file. */
  private static final class Unclosed extends java.io.FilterOutputStream {
    Unclosed(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() {
      try {
        flush();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
