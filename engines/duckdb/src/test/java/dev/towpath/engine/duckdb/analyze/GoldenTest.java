package dev.towpath.engine.duckdb.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.spi.DataType;
import dev.towpath.spi.Lineage;
import dev.towpath.spi.Location;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SqlAnalyzer.Bound;
import dev.towpath.spi.SqlAnalyzer.BoundColumn;
import dev.towpath.spi.SqlAnalyzer.Mistake;
import dev.towpath.spi.SqlAnalyzer.Parsed;
import dev.towpath.spi.SqlAnalyzer.Query;
import dev.towpath.spi.SqlAnalyzer.TableUse;
import dev.towpath.spi.SqlAnalyzer.Typed;
import dev.towpath.spi.TableName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Cases in {@code src/test/resources/analyze}: a line {@code ## name}, the SQL, a line {@code ->},
 * and what the analyzer says. Run with {@code -Dgolden=write} to rewrite what it says, and read the
 * difference. A case may give parameter types in its name: {@code ## name [day DATE, n INTEGER]}.
 */
@Execution(ExecutionMode.SAME_THREAD)
final class GoldenTest {
  private static final Path DIRECTORY = Path.of("src", "test", "resources", "analyze");
  private static final DuckDbAnalyzer ANALYZER = new DuckDbAnalyzer(2);

  private record Case(String name, String sql, String expected) {}

  @AfterAll
  static void close() {
    ANALYZER.close();
  }

  @Test
  void parses() throws IOException {
    check("parse.txt", c -> show(c.sql(), ANALYZER.parse(List.of(c.sql())).getFirst()));
  }

  @Test
  void saysWhatDoesNotParse() throws IOException {
    check("mistakes.txt", c -> show(c.sql(), ANALYZER.parse(List.of(c.sql())).getFirst()));
  }

  @Test
  void binds() throws IOException {
    declare();
    check("bind.txt", c -> show(c.sql(), ANALYZER.bind(c.sql(), parameters(c.name()))));
  }

  @Test
  void saysWhatDoesNotBind() throws IOException {
    declare();
    check("bind-mistakes.txt", c -> show(c.sql(), ANALYZER.bind(c.sql(), parameters(c.name()))));
  }

  @Test
  void findsLineage() throws IOException {
    declare();
    declareMacros();
    check("lineage.txt", c -> lineage(c.sql()));
  }

  private static void declareMacros() {
    for (String macro :
        List.of(
            "CREATE OR REPLACE MACRO same_one(x) AS x",
            "CREATE OR REPLACE MACRO net(price, rate := 0.21) AS price / (1 + rate)",
            "CREATE OR REPLACE MACRO sum_of(x, ok) AS sum(x) FILTER (WHERE ok)",
            "CREATE OR REPLACE MACRO first_of(x, unused) AS x + 1",
            "CREATE OR REPLACE MACRO days(a, b) AS TABLE SELECT d AS day FROM range(a, b) r(d)")) {
      assertThat(ANALYZER.declareMacro(macro)).isEmpty();
    }
  }

  private static String lineage(String sql) {
    return switch (ANALYZER.bind(sql, Map.of())) {
      case Mistake mistake -> show(sql, mistake);
      case Typed typed -> {
        Lineage.Request request = new Lineage.Request(sql, TABLES, typed.columns().names());
        yield show(sql, ANALYZER.lineage(List.of(request)).getFirst());
      }
    };
  }

  private static String show(String sql, Lineage lineage) {
    List<String> lines = new ArrayList<>();
    for (Lineage.Output column : lineage.columns()) {
      lines.add(
          column.name()
              + ": "
              + (column.from().isEmpty()
                  ? "nothing"
                  : column.from().entrySet().stream()
                      .map(e -> e.getValue().name().toLowerCase(Locale.ROOT) + " " + e.getKey())
                      .collect(Collectors.joining(", "))));
    }
    if (!lineage.rows().isEmpty()) {
      lines.add(
          "rows: "
              + lineage.rows().stream().map(Object::toString).collect(Collectors.joining(", ")));
    }
    assertThat(lines).as(sql).isNotEmpty();
    return String.join("\n", lines);
  }

  private static final Map<TableName, Schema> TABLES = new LinkedHashMap<>();

  private static void declare(TableName name, Schema schema) {
    ANALYZER.declare(name, schema);
    TABLES.put(name, schema);
  }

  private static void declare() {
    declare(
        new TableName("staging", "orders"),
        Schema.of(
            "id",
            "BIGINT",
            "customer_id",
            "BIGINT",
            "order_day",
            "DATE",
            "region",
            "VARCHAR",
            "amount",
            "DECIMAL(18,2)",
            "quantity",
            "INTEGER",
            "updated_at",
            "TIMESTAMP",
            "is_paid",
            "BOOLEAN",
            "tags",
            "VARCHAR[]",
            "address",
            "STRUCT(street VARCHAR, city VARCHAR)"));
    declare(
        new TableName("staging", "customers"),
        Schema.of("id", "BIGINT", "name", "VARCHAR", "country", "ENUM('NL', 'BE')"));
    declare(
        new TableName("Größe", "Ä b"), Schema.of("é", "INTEGER", "order", "DATE", "x\"y", "JSON"));
  }

  private static Map<String, DataType> parameters(String name) {
    Map<String, DataType> types = new LinkedHashMap<>();
    Matcher list = Pattern.compile("\\[(.*)]$").matcher(name);
    if (list.find()) {
      for (String parameter : list.group(1).split("; ")) {
        int space = parameter.indexOf(' ');
        types.put(parameter.substring(0, space), DataType.parse(parameter.substring(space + 1)));
      }
    }
    return types;
  }

  private static String show(String sql, Parsed parsed) {
    return switch (parsed) {
      case Mistake mistake -> show(sql, mistake);
      case Query query -> {
        List<String> lines = new ArrayList<>();
        lines.add("reads " + uses(sql, query.reads()));
        if (!query.parameters().isEmpty()) {
          lines.add("parameters " + String.join(", ", query.parameters()));
        }
        if (!query.functions().isEmpty()) {
          lines.add("functions " + String.join(", ", query.functions()));
        }
        for (BoundColumn column : query.comparisons()) {
          lines.add("compares " + column.column() + " of " + uses(sql, column.candidates()));
        }
        for (int offset : query.startEndElsewhere()) {
          lines.add("elsewhere " + place(sql, offset));
        }
        if (!query.rowByRow().equals(query.reads())) {
          lines.add("row by row " + uses(sql, query.rowByRow()));
        }
        if (!query.beside().isEmpty()) {
          lines.add("beside itself " + uses(sql, query.beside()));
        }
        yield String.join("\n", lines);
      }
    };
  }

  private static String show(String sql, Bound bound) {
    return switch (bound) {
      case Mistake mistake -> show(sql, mistake);
      case Typed typed -> {
        String columns =
            typed.columns().columns().stream()
                .map(Object::toString)
                .collect(Collectors.joining("\n"));
        String parameters =
            typed.parameters().entrySet().stream()
                .map(p -> "\n$" + p.getKey() + " " + p.getValue().sql())
                .collect(Collectors.joining());
        yield columns + parameters;
      }
    };
  }

  private static String show(String sql, Mistake mistake) {
    int end = mistake.offset() + mistake.length();
    String marked = sql.substring(mistake.offset(), end).replace("\n", "\\n");
    return place(sql, mistake.offset())
        + " <"
        + marked
        + "> "
        + mistake.message()
        + mistake.hint().map(h -> "\n  hint: " + h).orElse("");
  }

  private static String uses(String sql, List<TableUse> uses) {
    return uses.isEmpty()
        ? "nothing"
        : uses.stream()
            .map(u ->
                u.schema().map(s -> s + ".").orElse("") + u.table() + "@" + place(sql, u.offset()))
            .collect(Collectors.joining(", "));
  }

  private static String place(String sql, int offset) {
    Location location = Location.at("", sql, offset);
    return location.line() + ":" + location.column();
  }

  private static void check(String file, Function<Case, String> actual) throws IOException {
    Path path = DIRECTORY.resolve(file);
    StringBuilder whole = new StringBuilder();
    for (Case c : cases(Files.readString(path))) {
      String shown;
      try {
        shown = actual.apply(c);
      } catch (RuntimeException e) {
        throw new AssertionError(file + ": " + c.name(), e);
      }
      whole.append("## ").append(c.name()).append('\n').append(c.sql().replace("\r", "\\r"));
      whole.append("\n->\n").append(shown).append("\n\n");
    }
    if ("write".equals(System.getProperty("golden"))) {
      Files.writeString(path, whole);
    }
    assertThat(whole.toString()).isEqualTo(Files.readString(path));
  }

  private static List<Case> cases(String text) {
    List<Case> cases = new ArrayList<>();
    for (String block : text.split("(?m)^## ")) {
      if (!block.isBlank()) {
        int line = block.indexOf('\n');
        int arrow = block.indexOf("\n->", line);
        String sql =
            arrow < 0
                ? block.substring(line + 1).stripTrailing()
                : block.substring(line + 1, arrow);
        cases.add(new Case(block.substring(0, line), sql.replace("\\r", "\r"), ""));
      }
    }
    return cases;
  }
}
