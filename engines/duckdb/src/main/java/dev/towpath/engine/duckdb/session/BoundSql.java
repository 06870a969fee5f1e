package dev.towpath.engine.duckdb.session;

import dev.towpath.spi.DataType;
import dev.towpath.spi.Names;
import dev.towpath.spi.SqlException;
import dev.towpath.spi.Statement;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A statement made ready for JDBC, which knows parameters by number only: every {@code $name} is
 * written {@code $1}, {@code $2} …, and a place in the new text leads back to the old one.
 */
public final class BoundSql {
  private final String original;
  private final String sql;
  private final List<String> names;
  private final List<@Nullable Object> values;
  private final List<Edit> edits;

  /** {@code $name} at {@code from} became {@code length} characters at {@code to}. */
  private record Edit(int from, int fromLength, int to, int length) {}

  private BoundSql(
      String original,
      String sql,
      List<String> names,
      List<@Nullable Object> values,
      List<Edit> edits) {
    this.original = original;
    this.sql = sql;
    this.names = names;
    this.values = values;
    this.edits = edits;
  }

  /** Numbers the parameters. Fails when one has no value. */
  public static BoundSql of(Statement statement) {
    return of(statement, false);
  }

  /** The same with a text for every parameter, to look at before there are values. */
  public static BoundSql sample(String sql) {
    Map<String, Object> texts = new HashMap<>();
    for (SqlScan.Parameter parameter : SqlScan.of(sql).parameters()) {
      texts.put(parameter.name(), new Statement.Bound("", new DataType.Simple("VARCHAR")));
    }
    return of(new Statement(sql, texts));
  }

  /** Puts the values in as literals, for statements that take no parameters. */
  public static BoundSql literals(Statement statement) {
    return of(statement, true);
  }

  private static BoundSql of(Statement statement, boolean literals) {
    String text = statement.sql();
    StringBuilder out = new StringBuilder(text.length() + 32);
    List<@Nullable Object> values = new ArrayList<>();
    List<Edit> edits = new ArrayList<>();
    List<String> numbered = new ArrayList<>();
    SqlScan scan = SqlScan.of(text);
    if (scan.semicolon() >= 0) {
      throw new SqlException("a query is one statement", null, scan.semicolon(), null);
    }
    int copied = 0;
    for (SqlScan.Parameter parameter : scan.parameters()) {
      out.append(text, copied, parameter.offset());
      Object value = value(statement.parameters(), parameter);
      String written;
      if (literals) {
        written = literal(value);
      } else {
        if (!numbered.contains(parameter.name())) {
          numbered.add(parameter.name());
          values.add(value);
        }
        String number = "$" + (numbered.indexOf(parameter.name()) + 1);
        written =
            value instanceof Statement.Bound bound
                ? "CAST(" + number + " AS " + bound.type().sql() + ")"
                : number;
      }
      edits.add(new Edit(parameter.offset(), parameter.length(), out.length(), written.length()));
      out.append(written);
      copied = parameter.offset() + parameter.length();
    }
    out.append(text, copied, scan.end());
    return new BoundSql(text, out.toString(), numbered, values, edits);
  }

  private static @Nullable Object value(
      Map<String, Object> parameters, SqlScan.Parameter parameter) {
    Object value = parameters.get(parameter.name());
    if (value == null) {
      throw new SqlException(
          "parameter $" + parameter.name() + " has no value",
          Names.nearest(parameter.name(), parameters.keySet())
              .map(n -> "did you mean $" + n + "?")
              .orElse(null),
          parameter.offset(),
          null);
    }
    return value instanceof Optional<?> optional ? optional.orElse(null) : value;
  }

  /** The text to run; without trailing semicolons, but maybe with a trailing line comment. */
  public String sql() {
    return sql;
  }

  /** The names of the parameters by number, the first of which is 1. */
  public List<String> names() {
    return List.copyOf(names);
  }

  /** How many parameters it has. */
  public int count() {
    return values.size();
  }

  /** Sets the parameters. */
  public void bind(Connection connection, PreparedStatement statement) throws SQLException {
    for (int i = 0; i < values.size(); i++) {
      Object value = values.get(i);
      switch (value) {
        case Statement.Bound bound -> statement.setString(i + 1, bound.text());
        case Collection<?> list -> statement.setObject(i + 1, array(connection, list));
        case null, default -> statement.setObject(i + 1, value);
      }
    }
  }

  private static Object array(Connection connection, Collection<?> list) throws SQLException {
    String type = list.stream().flatMap(v -> typeOf(v).stream()).findFirst().orElse("VARCHAR");
    Object[] elements =
        list.stream().map(v -> v instanceof Optional<?> o ? o.orElse(null) : v).toArray();
    return connection.createArrayOf(type, elements);
  }

  private static Optional<String> typeOf(@Nullable Object value) {
    return switch (value) {
      case null -> Optional.empty();
      case Optional<?> optional -> optional.flatMap(BoundSql::typeOf);
      case Boolean _ -> Optional.of("BOOLEAN");
      case Long _, Integer _ -> Optional.of("BIGINT");
      case Double _ -> Optional.of("DOUBLE");
      case BigDecimal d ->
          Optional.of("DECIMAL(" + Math.max(d.precision(), d.scale()) + "," + d.scale() + ")");
      case LocalDate _ -> Optional.of("DATE");
      case LocalDateTime _ -> Optional.of("TIMESTAMP");
      case OffsetDateTime _ -> Optional.of("TIMESTAMP WITH TIME ZONE");
      default -> Optional.of("VARCHAR");
    };
  }

  private static String literal(@Nullable Object value) {
    return switch (value) {
      case null -> "NULL";
      case Optional<?> optional -> literal(optional.orElse(null));
      case Statement.Bound bound -> cast(bound.text(), bound.type().sql());
      case Collection<?> list ->
          list.stream()
              .map(BoundSql::literal)
              .collect(java.util.stream.Collectors.joining(", ", "[", "]"));
      case String text -> Names.literal(text);
      case LocalDateTime time -> cast(time.toString(), "TIMESTAMP");
      case OffsetDateTime time -> cast(time.toString(), "TIMESTAMP WITH TIME ZONE");
      default -> cast(value.toString(), typeOf(value).orElseThrow());
    };
  }

  private static String cast(String text, String type) {
    return "CAST(" + Names.literal(text) + " AS " + type + ")";
  }

  /** The place in the caller's text that an offset in {@link #sql} stands for, or -1. */
  int original(int offset) {
    if (offset < 0 || offset > sql.length()) {
      return -1;
    }
    int shift = 0;
    for (Edit edit : edits) {
      if (offset < edit.to()) {
        break;
      }
      if (offset < edit.to() + edit.length()) {
        return edit.from();
      }
      shift = edit.from() + edit.fromLength() - edit.to() - edit.length();
    }
    return Math.min(offset + shift, original.length());
  }
}
