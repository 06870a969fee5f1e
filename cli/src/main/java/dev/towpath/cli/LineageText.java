package dev.towpath.cli;

import dev.towpath.core.graph.Asset;
import dev.towpath.core.graph.Graph;
import dev.towpath.core.lineage.ColumnGraph;
import dev.towpath.core.lineage.Reader;
import dev.towpath.core.lineage.Trace;
import dev.towpath.core.lineage.Trace.ColumnOf;
import dev.towpath.core.lineage.Trace.ReadBy;
import dev.towpath.core.lineage.Trace.RowsOf;
import dev.towpath.spi.Column;
import dev.towpath.spi.Lineage;
import dev.towpath.spi.Lineage.Input;
import dev.towpath.spi.Lineage.Output;
import dev.towpath.spi.Lineage.Use;
import dev.towpath.spi.TableName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Lineage for people and for scripts. */
final class LineageText {
  private final Graph graph;
  private final ColumnGraph columns;

  LineageText(Graph graph, ColumnGraph columns) {
    this.graph = graph;
    this.columns = columns;
  }

  /** A column: what is above it, and what is below. */
  List<String> lines(Input column, Column declared, int depth, boolean rows) {
    List<String> lines = new ArrayList<>();
    lines.add(column + " (" + declared.type().sql() + ")");
    lines.add("");
    List<Trace> up = columns.up(column, depth, rows);
    lines.add(up.isEmpty() ? "comes from " + origin(column.table()) : "comes from");
    traces(up, 1, true, lines);
    lines.add("");
    List<Trace> down = columns.down(column, depth);
    lines.add(down.isEmpty() ? "is read by nothing" : "goes to");
    traces(down, 1, false, lines);
    return lines;
  }

  private void traces(List<Trace> traces, int indent, boolean up, List<String> lines) {
    List<String> rows = new ArrayList<>();
    for (Trace trace : traces) {
      if (trace.rows() && trace.to() instanceof ColumnOf(Input column)) {
        rows.add(column.toString());
      } else {
        trace(trace, indent, up, lines);
      }
    }
    if (!rows.isEmpty()) {
      lines.add("  ".repeat(indent) + Use.FILTER.text() + " its rows: " + String.join(", ", rows));
    }
  }

  private void trace(Trace trace, int indent, boolean up, List<String> lines) {
    String use = trace.use().map(u -> u.text() + ": ").orElse("");
    String text =
        switch (trace.to()) {
          case ColumnOf(Input column) ->
              use + column + (up && trace.next().isEmpty() ? leaf(trace, column) : "");
          case RowsOf(TableName table) -> use + table + " (its rows)";
          case ReadBy(Reader reader) -> reader.kind() + ": " + reader.name();
        };
    String more = trace.shown() ? " (as above)" : trace.cut() ? " ..." : "";
    lines.add("  ".repeat(indent) + text + more);
    traces(trace.next(), indent + 1, up, lines);
  }

  private String leaf(Trace trace, Input column) {
    return trace.shown() || trace.cut() ? "" : " (" + origin(column.table()) + ")";
  }

  private String origin(TableName table) {
    return graph
        .asset(table)
        .map(a ->
            switch (a.definition()) {
              case Asset.FromSource _ -> "source, " + a.file();
              case Asset.FromSeed _ -> "seed, " + a.file();
              case Asset.FromModel _ -> "no column: " + a.file();
            })
        .orElse("outside");
  }

  /** A table: what each of its columns is made of, and who reads which. */
  List<String> lines(Asset asset) {
    List<String> lines = new ArrayList<>();
    lines.add(asset.name() + " (" + asset.kind() + ", " + asset.file() + ")");
    lines.add("");
    Optional<Lineage> lineage = columns.model(asset.name());
    if (lineage.isPresent()) {
      List<List<String>> cells = new ArrayList<>();
      for (Output column : lineage.get().columns()) {
        String name = column.name();
        if (column.from().isEmpty()) {
          cells.add(List.of(name, "no column", ""));
        }
        for (Map.Entry<Input, Use> from : column.from().entrySet()) {
          cells.add(List.of(name, from.getValue().text(), from.getKey().toString()));
          name = "";
        }
      }
      lines.addAll(TextTable.lines(List.of("column", "how", "from"), left(3), cells));
      if (!lineage.get().rows().isEmpty()) {
        lines.add("");
        lines.add(Use.FILTER.text() + ", for all columns:");
        lineage.get().rows().forEach(r -> lines.add("  " + r));
      }
    } else {
      lines.add("its columns come from " + origin(asset.name()));
    }
    lines.add("");
    List<List<String>> cells = new ArrayList<>();
    readers(asset).forEach(r -> cells.add(List.of(r.kind(), r.name(), names(r))));
    if (cells.isEmpty()) {
      lines.add("read by nothing");
    } else {
      lines.addAll(TextTable.lines(List.of("read by", "name", "columns"), left(3), cells));
    }
    return lines;
  }

  private static List<Boolean> left(int columns) {
    return java.util.Collections.nCopies(columns, false);
  }

  private static String names(Reader reader) {
    return reader.reads().isEmpty()
        ? "none, only its rows"
        : String.join(", ", reader.reads().stream().map(Input::column).toList());
  }

  /** Who reads a table directly, models too, each with the columns of that table that it reads. */
  private List<Reader> readers(Asset asset) {
    List<Reader> readers = new ArrayList<>();
    for (TableName name : graph.readers(asset.name())) {
      Asset reader = graph.get(name);
      Set<Input> reads = columns.model(name).map(Lineage::reads).orElse(Set.of());
      readers.add(
          new Reader(reader.kind(), name.toString(), reader.file(), own(reads, asset.name())));
    }
    for (Reader reader : columns.readers()) {
      Set<Input> reads = own(reader.reads(), asset.name());
      if (!reads.isEmpty()) {
        readers.add(new Reader(reader.kind(), reader.name(), reader.file(), reads));
      }
    }
    return readers;
  }

  private static Set<Input> own(Set<Input> reads, TableName table) {
    Set<Input> own = new LinkedHashSet<>();
    reads.stream().filter(i -> i.table().equals(table)).forEach(own::add);
    return own;
  }

  Map<String, @Nullable Object> json(Input column, int depth, boolean rows) {
    return Json.object(
        "column",
        column.toString(),
        "upstream",
        columns.up(column, depth, rows).stream().map(t -> json(t, "upstream")).toList(),
        "downstream",
        columns.down(column, depth).stream().map(t -> json(t, "downstream")).toList());
  }

  private static Map<String, @Nullable Object> json(Trace trace, String direction) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    switch (trace.to()) {
      case ColumnOf(Input column) -> json.put("column", column.toString());
      case RowsOf(TableName table) -> json.put("table", table.toString());
      case ReadBy(Reader reader) -> {
        json.put(reader.kind(), reader.name());
        json.put("file", reader.file());
      }
    }
    trace.use().ifPresent(use -> json.put("use", word(use)));
    if (trace.rows()) {
      json.put("rows", true);
    }
    if (trace.shown()) {
      json.put("shown", true);
    }
    if (trace.cut()) {
      json.put("cut", true);
    }
    json.put(direction, trace.next().stream().map(t -> json(t, direction)).toList());
    return json;
  }

  private static String word(Use use) {
    return use.name().toLowerCase(java.util.Locale.ROOT);
  }

  Map<String, @Nullable Object> json(Asset asset) {
    Optional<Lineage> lineage = columns.model(asset.name());
    return Json.object(
        "table",
        asset.name().toString(),
        "columns",
        asset.columns().names().stream()
            .map(name -> Json.object("name", name, "from", from(lineage, name)))
            .toList(),
        "rows",
        lineage.map(Lineage::rows).orElse(Set.of()).stream().map(Input::toString).toList(),
        "readers",
        readers(asset).stream()
            .map(r ->
                Json.object(
                    "kind",
                    r.kind(),
                    "name",
                    r.name(),
                    "file",
                    r.file(),
                    "columns",
                    r.reads().stream().map(Input::column).toList()))
            .toList());
  }

  private static List<Map<String, @Nullable Object>> from(Optional<Lineage> lineage, String name) {
    List<Map<String, @Nullable Object>> from = new ArrayList<>();
    for (Output column : lineage.map(Lineage::columns).orElse(List.of())) {
      if (column.name().equals(name)) {
        column
            .from()
            .forEach((input, use) ->
                from.add(Json.object("column", input.toString(), "use", word(use))));
      }
    }
    return from;
  }
}
