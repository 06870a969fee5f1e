package dev.towpath.core.project;

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

/** A source type of which only the keys matter. */
record StubSource(String type, Set<String> sourceKeys, Set<String> tableKeys, Set<String> modes)
    implements SourceReader {

  /** Types with keys like those of the real ones. */
  static final SourceTypes TYPES =
      SourceTypes.of(
          List.of(
              new StubSource(
                  "files",
                  Set.of("format"),
                  Set.of("path", "format", "on_bad_row", "on_new_column", "header"),
                  Set.of("full", "append")),
              new StubSource("sqlite", Set.of("path", "password"), Set.of("table"), Set.of("full")),
              new StubSource(
                  "postgres",
                  Set.of("url"),
                  Set.of("table", "cursor", "key", "lag"),
                  Set.of("full", "incremental")),
              new StubSource("tpch", Set.of("scale"), Set.of(), Set.of("full"))));

  @Override
  public List<Problem> check(SourceTable table) {
    return table
        .text("header")
        .filter(text -> !text.equals("true") && !text.equals("false"))
        .map(text -> Problem.error(table.location(), "\"" + text + "\" is no header", text))
        .stream()
        .toList();
  }

  @Override
  public Schema contact(SourceTable table, Function<FileScan, Schema> infer) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Probe probe(SourceTable table, Optional<SourceState> last) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Reading read(
      SourceTable table,
      Optional<SourceState> last,
      Schema schema,
      Function<FileScan, Schema> infer,
      Shared shared) {
    throw new UnsupportedOperationException();
  }
}
