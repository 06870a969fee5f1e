package dev.towpath.engine.duckdb.analyze;

import dev.towpath.engine.duckdb.DuckDbError;
import dev.towpath.engine.duckdb.SqlTokens;
import dev.towpath.engine.duckdb.SqlTokens.Token;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Names;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SqlAnalyzer.Bound;
import dev.towpath.spi.SqlAnalyzer.Mistake;
import dev.towpath.spi.SqlAnalyzer.Typed;
import dev.towpath.spi.TowpathException;
import java.sql.Connection;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Types one query on one connection.
 *
 * <p>DuckDB prepares the text, which binds it and tells types of columns and parameters. A known
 * parameter is put into a cast to its type. When one cannot be inferred, DuckDB leaves every type
 * open, so such parameters are given types one by one until the rest follows: VARCHAR when that
 * binds, otherwise the first of BIGINT, DOUBLE, DATE and TIMESTAMP that does. {@code $start} and
 * {@code $end} have one type, and are tried as DATE and TIMESTAMP first.
 */
final class Binder {
  private static final List<DataType> GUESSES =
      types("VARCHAR", "BIGINT", "DOUBLE", "DATE", "TIMESTAMP");
  private static final List<DataType> BOUND_GUESSES = types("DATE", "TIMESTAMP", "VARCHAR");

  private final Connection connection;
  private final Tables tables;
  private final String sql;
  private final SqlTokens tokens;
  private final boolean kept;

  /** Lower-case name to the name as first written, in order of first use. */
  private final Map<String, Token> parameters = new LinkedHashMap<>();

  private final Map<String, DataType> types = new HashMap<>();

  private static List<DataType> types(String... names) {
    return java.util.stream.Stream.of(names).map(DataType::parse).toList();
  }

  /** What DuckDB said of a text; parameter types by position, {@code INVALID} when open. */
  private record Prepared(List<String> names, List<String> types, List<String> parameters) {
    boolean isOpen() {
      return types.contains("UNKNOWN") || parameters.contains("INVALID");
    }
  }

  /**
   * Types a query.
   *
   * @param kept whether its result becomes a table, whose columns need names
   */
  Binder(
      Connection connection, Tables tables, String sql, Map<String, DataType> known, boolean kept) {
    this.connection = connection;
    this.tables = tables;
    this.kept = kept;
    this.sql = sql;
    this.tokens = new SqlTokens(sql);
    for (Token token : tokens.parameters()) {
      parameters.putIfAbsent(lower(tokens.name(token)), token);
    }
    known.forEach((name, type) -> types.put(lower(name), type));
  }

  Bound bind() throws SQLException {
    Optional<Mistake> shape = Serializer.unreadable(sql).or(() -> new SyntaxMistakes(sql).shape());
    if (shape.isPresent()) {
      return shape.get();
    }
    try {
      Prepared prepared = prepare(types);
      while (prepared.isOpen()) {
        if (!learn(prepared)) {
          if (types.keySet().containsAll(parameters.keySet())) {
            return typed(described()); // such as range($n), which wants a value
          }
          Optional<Mistake> stuck = guess();
          if (stuck.isPresent()) {
            return stuck.get();
          }
        }
        prepared = prepare(types);
      }
      learn(prepared);
      return typed(prepared);
    } catch (SQLException e) {
      DuckDbError error = DuckDbError.of(e);
      if (error.interrupted()) {
        throw new CancelledException();
      }
      return new BindMistakes(connection, tables, Rewrite.of(sql, tokens, types), tokens).of(error);
    }
  }

  private Prepared prepare(Map<String, DataType> types) throws SQLException {
    String text = Rewrite.of(sql, tokens, types).sql();
    try (PreparedStatement statement = connection.prepareStatement(text)) {
      List<String> names = new ArrayList<>();
      List<String> columnTypes = new ArrayList<>();
      ResultSetMetaData columns = statement.getMetaData();
      for (int i = 1; i <= columns.getColumnCount(); i++) {
        names.add(columns.getColumnName(i));
        columnTypes.add(columns.getColumnTypeName(i));
      }
      List<String> parameterTypes = new ArrayList<>();
      if (!parameters.isEmpty()) {
        ParameterMetaData data = statement.getParameterMetaData();
        for (int i = 1; i <= data.getParameterCount(); i++) {
          parameterTypes.add(data.getParameterTypeName(i));
        }
      }
      return new Prepared(names, columnTypes, parameterTypes);
    }
  }

  /** Takes over inferred types; whether there was a new one. */
  private boolean learn(Prepared prepared) {
    boolean any = false;
    int i = 0;
    for (String name : parameters.keySet()) {
      String type = i < prepared.parameters().size() ? prepared.parameters().get(i) : "INVALID";
      i++;
      if (!types.containsKey(name) && !type.equals("INVALID") && !type.equals("UNKNOWN")) {
        types.put(name, DataType.parse(type.equals("ENUM") ? "VARCHAR" : type));
        any = true;
      }
    }
    return any;
  }

  /** Gives one open parameter a type; a mistake when none will do. */
  private Optional<Mistake> guess() {
    List<String> open = parameters.keySet().stream().filter(n -> !types.containsKey(n)).toList();
    for (String name : open) {
      for (DataType guess : guesses(name)) {
        Map<String, DataType> trial = new HashMap<>(types);
        trial.put(name, guess);
        if (binds(trial)) {
          types.put(name, guess);
          return Optional.empty();
        }
      }
    }
    Token token = Objects.requireNonNull(parameters.get(open.getFirst()));
    String written = tokens.text(token);
    return Optional.of(
        new Mistake(
            "the type of " + written + " cannot be told",
            Optional.of("cast it where it is used, such as " + written + "::DATE"),
            token.start(),
            token.end() - token.start()));
  }

  private boolean binds(Map<String, DataType> trial) {
    try {
      prepare(trial);
      return true;
    } catch (SQLException unfit) {
      return false;
    }
  }

  private List<DataType> guesses(String name) {
    if (!name.equals("start") && !name.equals("end")) {
      return GUESSES;
    }
    DataType other = types.get(name.equals("start") ? "end" : "start");
    if (other == null) {
      return BOUND_GUESSES;
    }
    List<DataType> guesses = new ArrayList<>(List.of(other));
    guesses.addAll(BOUND_GUESSES);
    return guesses;
  }

  private Bound typed(Prepared found) throws SQLException {
    Prepared prepared = found.types().contains("ENUM") ? described() : found;
    List<String> typeNames = prepared.types();
    Optional<Mistake> names =
        kept ? new OutputNames(connection, sql, tokens).check(prepared.names()) : Optional.empty();
    if (names.isPresent()) {
      return names.get();
    }
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < typeNames.size(); i++) {
      String name = prepared.names().get(i);
      try {
        columns.add(new Column(name, DataType.parse(typeNames.get(i))));
      } catch (TowpathException e) {
        return new Mistake(
            "column \"" + name + "\" has the type " + typeNames.get(i),
            Optional.of("cast it to a type that a table can have"),
            0,
            0);
      }
    }
    Map<String, DataType> inferred = new LinkedHashMap<>();
    parameters.forEach((name, token) -> {
      DataType type = types.get(name);
      if (type != null) {
        inferred.put(tokens.name(token), type);
      }
    });
    return new Typed(new Schema(columns), inferred);
  }

  /** The same with NULL for the parameters; unlike a prepared statement it names ENUMs in full. */
  private Prepared described() throws SQLException {
    StringBuilder text = new StringBuilder("DESCRIBE ");
    int copied = 0;
    for (Token token : tokens.parameters()) {
      DataType type = types.get(lower(tokens.name(token)));
      text.append(sql, copied, token.start());
      text.append("CAST(NULL AS ").append(type == null ? "VARCHAR" : type.sql()).append(')');
      copied = token.end();
    }
    text.append(sql, copied, sql.length());
    List<String> names = new ArrayList<>();
    List<String> columnTypes = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(text.toString())) {
      while (rows.next()) {
        names.add(rows.getString("column_name"));
        columnTypes.add(rows.getString("column_type"));
      }
    }
    return new Prepared(names, columnTypes, List.of());
  }

  private static String lower(String name) {
    return Names.identity(name).toLowerCase(Locale.ROOT);
  }
}
