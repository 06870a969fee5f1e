package dev.towpath.engine.duckdb.analyze;

import dev.towpath.engine.duckdb.DuckDbError;
import dev.towpath.engine.duckdb.SqlTokens;
import dev.towpath.engine.duckdb.serving.Guards;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Lineage;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SqlAnalyzer;
import dev.towpath.spi.TableName;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads SQL with an in-memory DuckDB that can reach nothing outside and is opened by the first use.
 *
 * <p>{@link Query#canonical()} is the SHA-256 of the syntax tree, in hex. A parameter whose type is
 * neither known nor inferred is VARCHAR, unless the query binds only with another type.
 * Thread-safe.
 */
public final class DuckDbAnalyzer implements SqlAnalyzer {
  /** Texts per statement: enough to hide its cost, few enough that all threads get some. */
  private static final int BATCH = 32;

  /** How long a look at a question may take. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Raised when the same text gives other results with the same DuckDB. */
  private static final int REVISION = 3;

  /** Known without opening a database, since callers ask for it before they need one. */
  private static final String VERSION = "duckdb " + resource("version.txt") + "/" + REVISION;

  private final Tables tables = new Tables();
  private final Workers workers;
  private final Trees trees;

  /** Names of macros, when it takes what people ask; else null. */
  private final @Nullable Set<String> macros;

  private boolean guarded;

  /** What functions there are; null until asked for, and after another macro. */
  private volatile @Nullable Functions functions;

  /** An analyzer that uses all processors. */
  public DuckDbAnalyzer() {
    this(Runtime.getRuntime().availableProcessors());
  }

  /** An analyzer that uses so many threads, at least 1. */
  public DuckDbAnalyzer(int threads) {
    this(threads, null, null);
  }

  /** One that uses all processors, and keeps syntax trees in a file for the next. */
  public DuckDbAnalyzer(Path trees) {
    this(Runtime.getRuntime().availableProcessors(), null, trees);
  }

  private DuckDbAnalyzer(int threads, @Nullable Set<String> macros, @Nullable Path trees) {
    this.workers =
        macros == null ? new Workers(threads) : new Workers(threads, Optional.of(PATIENCE));
    this.macros = macros;
    this.trees = new Trees(trees, VERSION);
  }

  /**
   * An analyzer of what people ask, who may not be trusted: of functions in FROM it takes only
   * those that are known to reach nothing, and the macros that are declared. On the other hand
   * parameters may have numbers, and columns any names.
   */
  public static DuckDbAnalyzer ofQuestions(int threads) {
    return new DuckDbAnalyzer(threads, ConcurrentHashMap.newKeySet(), null);
  }

  /** Runs on a connection; of questions, where no large value is made while they are bound. */
  private <T> T guarded(Workers.Work<T> work) {
    return workers.run(connection -> {
      guard(connection);
      return work.on(connection);
    });
  }

  private synchronized void guard(Connection connection) throws SQLException {
    if (macros == null || guarded) {
      return;
    }
    try (Statement statement = connection.createStatement()) {
      for (String macro : Guards.macros()) {
        statement.execute(macro);
      }
    }
    guarded = true;
  }

  /** Begins to open it, while the caller does something else. */
  public void begin() {
    workers.begin();
  }

  private static String resource(String name) {
    try (InputStream in = DuckDbError.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@link #version} without an analyzer, for callers that may never need to open one. */
  public static String engineVersion() {
    return VERSION;
  }

  @Override
  public List<Parsed> parse(List<String> texts) {
    List<Workers.Work<List<Parsed>>> works = new ArrayList<>();
    int batch = Math.clamp(texts.size() / workers.size(), 1, BATCH);
    for (int i = 0; i < texts.size(); i += batch) {
      List<String> part = texts.subList(i, Math.min(i + batch, texts.size()));
      works.add(connection -> parse(connection, part));
    }
    return workers.all(works).stream().flatMap(List::stream).toList();
  }

  private List<Parsed> parse(Connection connection, List<String> texts) throws SQLException {
    Set<String> known = macros;
    if (known == null) {
      return Serializer.parse(connection, texts, Rules::new, trees);
    }
    Callable callable = Callable.load(connection);
    return Serializer.questions(connection, texts, sql -> new QuestionRules(sql, known, callable));
  }

  @Override
  public void declare(TableName table, Schema schema) {
    workers.run(connection -> {
      tables.declare(connection, table, schema);
      return table;
    });
  }

  @Override
  public Optional<Mistake> declareMacro(String createMacro) {
    return guarded(connection -> {
      SqlTokens tokens = new SqlTokens(createMacro);
      Optional<Mistake> wrong = Macros.check(createMacro, tokens);
      if (wrong.isPresent()) {
        return wrong;
      }
      try (Statement statement = connection.createStatement()) {
        statement.execute(createMacro);
        functions = null;
        if (macros != null) {
          macros.add(Macros.name(tokens));
        }
        return Optional.empty();
      } catch (SQLException e) {
        Rewrite text = new Rewrite(createMacro, createMacro, List.of());
        return Optional.of(
            new BindMistakes(connection, tables, text, tokens).of(DuckDbError.of(e)));
      }
    });
  }

  @Override
  public Bound bind(String sql, Map<String, DataType> parameters) {
    return guarded(
        connection -> new Binder(connection, tables, sql, parameters, macros == null).bind());
  }

  @Override
  public List<Lineage> lineage(List<Lineage.Request> queries) {
    if (queries.isEmpty()) {
      return List.of();
    }
    Functions known = functions();
    List<Workers.Work<List<Lineage>>> works = new ArrayList<>();
    int batch = Math.clamp(queries.size() / workers.size(), 1, BATCH);
    for (int i = 0; i < queries.size(); i += batch) {
      List<Lineage.Request> part = queries.subList(i, Math.min(i + batch, queries.size()));
      works.add(connection -> {
        List<Json> statements =
            Serializer.statements(
                connection, part.stream().map(Lineage.Request::sql).toList(), trees);
        List<Lineage> results = new ArrayList<>(part.size());
        for (int j = 0; j < part.size(); j++) {
          results.add(new LineageReader(part.get(j), known).read(statements.get(j)));
        }
        return results;
      });
    }
    return workers.all(works).stream().flatMap(List::stream).toList();
  }

  @Override
  public Optional<Set<String>> otherColumns(String before, String after) {
    Functions known = functions();
    return workers.run(connection -> {
      List<Json> both = Serializer.statements(connection, List.of(before, after), trees);
      return OtherColumns.between(both.getFirst(), both.getLast(), known);
    });
  }

  private Functions functions() {
    Functions known = functions;
    if (known == null) {
      known = workers.run(Functions::load);
      functions = known;
    }
    return known;
  }

  @Override
  public String version() {
    return VERSION;
  }

  @Override
  public void close() {
    workers.close();
    trees.close();
  }
}
