package dev.towpath.pgwire.session;

import dev.towpath.pgwire.text.Casts;
import dev.towpath.pgwire.text.Command;
import dev.towpath.pgwire.text.Sql;
import dev.towpath.pgwire.type.WireType;
import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import dev.towpath.server.Lakehouse;
import dev.towpath.spi.Batch;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TowpathException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.stream.Collectors;

/** Looks at statements and makes portals of them. Used by one thread. */
final class Planner {
  private static final Schema ALL_SETTINGS =
      Schema.of("name", "varchar", "setting", "varchar", "description", "varchar");

  private final Transaction transaction;
  private final Answerer answerer;
  private final Settings settings;
  private final Portals portals;
  private final Running running;
  private final Statements statements;
  private final LongFunction<Lakehouse.Snapshot> releases;

  /**
   * A planner of a session.
   *
   * @param releases opens a release by its number
   */
  Planner(
      Transaction transaction,
      Answerer answerer,
      Settings settings,
      Portals portals,
      Running running,
      Statements statements,
      LongFunction<Lakehouse.Snapshot> releases) {
    this.transaction = transaction;
    this.answerer = answerer;
    this.settings = settings;
    this.portals = portals;
    this.running = running;
    this.statements = statements;
    this.releases = releases;
  }

  /** Throws when something failed in the block and the statement does not end it. */
  void requireUsable(Command command) {
    boolean ends =
        command instanceof Command.Commit
            || command instanceof Command.Rollback
            || command instanceof Command.RollbackTo;
    if (transaction.state() == Transaction.State.FAILED && !ends) {
      throw PgError.of(
          SqlState.FAILED_TRANSACTION,
          "current transaction is aborted, commands ignored until end of transaction block");
    }
  }

  /** The query that gives a statement's rows, if it is one that does. */
  Optional<Question> question(Command command, Map<String, DataType> types) {
    requireUsable(command);
    return switch (command) {
      case Command.Select select -> Optional.of(prepare(select.sql(), types));
      case Command.Copy copy -> Optional.of(prepare(copy.query(), types));
      case Command.Show show -> Optional.of(show(show));
      case Command.Execute execute -> Optional.of(execute(execute));
      case Command.Explain explain ->
          Optional.of(new Explained(prepare(explain.query(), types), explain.analyze()));
      default -> Optional.empty();
    };
  }

  /** The columns that clients see of a statement. */
  Optional<Schema> columns(Command command, Optional<Question> question) {
    return switch (command) {
      case Command.Copy _ -> Optional.empty();
      case Command.Fetch fetch when !fetch.move() ->
          Optional.of(portals.get(fetch.name(), "cursor").rows().columns());
      default -> question.map(Question::columns);
    };
  }

  /** The columns of a cursor, in the format that it was declared with. */
  Columns columns(Portal cursor) {
    return cursor.columns().orElseThrow(Portal::withoutRows);
  }

  /**
   * A portal.
   *
   * @param formats as Bind gives them; empty for the usual ones
   */
  Portal portal(
      Command command,
      Map<String, DataType> types,
      Map<String, Optional<Statement.Bound>> values,
      Optional<List<Integer>> formats) {
    Optional<Question> question = question(command, types);
    question.ifPresent(q -> requireValues(q, values));
    Optional<Columns> columns =
        columns(command, question)
            .map(schema ->
                formats.map(f -> Columns.of(schema, f)).orElseGet(() -> usual(command, schema)));
    return new Portal(
        Optional.of(command), columns, question.map(q -> new Rows(q, values)).orElse(null), null);
  }

  private static void requireValues(
      Question question, Map<String, Optional<Statement.Bound>> values) {
    for (Lakehouse.Parameter parameter : question.parameters()) {
      if (!values.containsKey(parameter.name())) {
        throw PgError.of(
            SqlState.UNDEFINED_PARAMETER, "there is no parameter $" + parameter.name());
      }
    }
  }

  private Columns usual(Command command, Schema schema) {
    return command instanceof Command.Fetch fetch
        ? columns(portals.get(fetch.name(), "cursor"))
        : Columns.text(schema);
  }

  /** A cursor; one that is held has its release to itself. */
  Portal cursor(Command.Declare declare) {
    Lakehouse.Snapshot current = transaction.snapshot();
    if (!declare.hold()) {
      return cursor(declare, prepare(declare.query(), Map.of()), null);
    }
    Lakehouse.Snapshot own = releases.apply(current.release());
    try {
      Question question =
          located(
              declare.query(), () -> answerer.prepare(own, settings, declare.query(), Map.of()));
      return cursor(
          declare,
          question,
          () -> {
            question.close();
            own.close();
          });
    } catch (RuntimeException e) {
      own.close();
      throw e;
    }
  }

  private static Portal cursor(
      Command.Declare declare,
      Question question,
      @org.jspecify.annotations.Nullable Runnable held) {
    requireValues(question, Map.of());
    return new Portal(
        Optional.of(declare),
        Optional.of(Columns.same(question.columns(), declare.binary())),
        new Rows(question, Map.of()),
        held);
  }

  /**
   * A statement as it is kept under a name.
   *
   * @param sql where types of parameters may be said
   * @param declared OIDs of parameters, 0 where none is given
   */
  Prepared prepared(Command command, Sql sql, List<Integer> declared) {
    List<Integer> said = Prepared.said(declared, Casts.of(sql));
    Optional<Question> question = question(command, Prepared.types(said));
    List<WireType> parameters = question.map(q -> Prepared.parameters(said, q)).orElse(List.of());
    Optional<Schema> columns = columns(command, question);
    long bytes = Prepared.bytes(sql, parameters.size(), columns);
    return new Prepared(Optional.of(command), bytes, said, parameters, columns);
  }

  /** A prepared query with the values that EXECUTE gives, which may be computed. */
  private Question execute(Command.Execute execute) {
    Prepared statement = statements.get(execute.name());
    if (!(statement.command().orElse(null) instanceof Command.Select select)) {
      throw PgError.of(
          SqlState.FEATURE_NOT_SUPPORTED, "EXECUTE is for a SELECT that has been prepared");
    }
    if (execute.values().size() != statement.parameters().size()) {
      throw PgError.of(
          SqlState.SYNTAX_ERROR,
          "wrong number of parameters for prepared statement \"%s\"".formatted(execute.name()),
          "Expected %d parameters but got %d."
              .formatted(statement.parameters().size(), execute.values().size()));
    }
    Question question = prepare(select.sql(), Prepared.types(statement.declared()));
    if (!Optional.of(question.columns()).equals(statement.columns())) {
      throw Prepared.changed();
    }
    List<Optional<String>> given = values(execute.values());
    Map<String, Optional<Statement.Bound>> values = new HashMap<>();
    for (Lakehouse.Parameter p : question.parameters()) {
      values.put(
          p.name(),
          given
              .get(Integer.parseInt(p.name()) - 1)
              .map(text -> new Statement.Bound(text, p.type())));
    }
    return new Executed(question, values);
  }

  /** Values of expressions, as texts. */
  private List<Optional<String>> values(List<Sql> expressions) {
    if (expressions.isEmpty()) {
      return List.of();
    }
    String text =
        expressions.stream()
            .map(e -> "CAST((" + e.text() + "\n) AS VARCHAR)")
            .collect(Collectors.joining(", ", "SELECT ", ""));
    Question question = prepare(Sql.split(text).getFirst(), Map.of());
    requireValues(question, Map.of());
    try (Batches rows = question.run(Map.of())) {
      Batch row = rows.next();
      List<Optional<String>> values = new ArrayList<>();
      for (int i = 0; row != null && i < expressions.size(); i++) {
        Batch.Vector value = row.column(i);
        values.add(Optional.ofNullable(value.value(0)).map(String::valueOf));
      }
      return values;
    } catch (TowpathException e) {
      throw Failures.of(e, running);
    }
  }

  private Question prepare(Sql sql, Map<String, DataType> types) {
    return located(sql, () -> transaction.prepare(sql, types));
  }

  /** A failure gets its place in what the client sent. */
  private Question located(Sql sql, java.util.function.Supplier<Question> work) {
    try {
      return work.get();
    } catch (TowpathException e) {
      throw Failures.of(e, running, sql.text(), sql.offset());
    }
  }

  private Question show(Command.Show show) {
    if (show.name().isPresent()) {
      String name = show.name().get();
      return new Fixed(Schema.of(name, "varchar"), List.of(List.of(settings.get(name))));
    }
    return new Fixed(
        ALL_SETTINGS,
        settings.all().entrySet().stream()
            .map(e -> List.of(e.getKey(), e.getValue(), ""))
            .toList());
  }
}
