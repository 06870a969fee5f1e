package dev.towpath.pgwire.session;

import dev.towpath.core.access.Principal;
import dev.towpath.pgwire.text.Command;
import dev.towpath.pgwire.text.Commands;
import dev.towpath.pgwire.text.Sql;
import dev.towpath.pgwire.wire.Answers;
import dev.towpath.pgwire.wire.Message;
import dev.towpath.pgwire.wire.Outbox;
import dev.towpath.pgwire.wire.Payload;
import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import dev.towpath.server.Doorkeeper;
import dev.towpath.server.Lakehouse;
import dev.towpath.spi.TowpathException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/**
 * A client that has come in: what it has open, and the answers to its messages. Used by one thread
 * at a time; {@link #running} by any.
 */
public final class Session implements AutoCloseable {
  private final Doorkeeper.Admitted admitted;
  private final Outbox out;
  private final Answers answers;
  private final Settings settings;
  private final Running running = new Running();
  private final Portals portals;
  private final Statements statements;
  private final Transaction transaction;
  private final Executor executor;
  private final Planner planner;
  private final Extended extended;
  private final BiConsumer<String, Throwable> mistakes;
  private boolean skipping;

  /**
   * A session that begins.
   *
   * @param room bytes that are left for what all sessions keep
   * @param mistakes hears of failures that are mistakes of ours, and where they were
   */
  public Session(
      Lakehouse lakehouse,
      Doorkeeper.Admitted admitted,
      Answerer answerer,
      Settings settings,
      Outbox out,
      AtomicLong room,
      BiConsumer<String, Throwable> mistakes) {
    Principal who = admitted.who();
    this.admitted = admitted;
    this.out = out;
    this.answers = new Answers(out);
    this.settings = settings;
    this.mistakes = mistakes;
    Keeping keeping = new Keeping(room);
    this.statements = new Statements(keeping);
    this.portals = new Portals(keeping);
    this.transaction =
        new Transaction(() -> lakehouse.open(who, Optional.empty()), answerer, settings);
    this.planner =
        new Planner(
            transaction,
            answerer,
            settings,
            portals,
            running,
            statements,
            release -> lakehouse.open(who, Optional.of(release)));
    this.executor = new Executor(out, transaction, settings, portals, statements, running, planner);
    this.extended = new Extended(out, planner, executor, portals, statements);
  }

  /** What it is doing. */
  public Running running() {
    return running;
  }

  /** Says that a query may come. */
  public void ready() {
    answers.ready(transaction.letter());
  }

  /**
   * Answers a message.
   *
   * @throws PgError when the connection is to end; the client has been told
   * @throws UncheckedIOException when the client has gone
   */
  public void handle(Message message) {
    Payload payload = message.payload();
    switch (message.type()) {
      case 'Q' -> query(payload);
      case 'P' -> step(() -> extended.parse(payload));
      case 'B' -> step(() -> extended.bind(payload));
      case 'D' -> step(() -> extended.describe(payload));
      case 'E' -> step(() -> extended.execute(payload));
      case 'C' -> step(() -> extended.close(payload));
      case 'H' -> out.flush();
      case 'S' -> sync();
      case 'F' -> {
        work(() -> {
          throw PgError.of(
              SqlState.FEATURE_NOT_SUPPORTED, "function calls by message are not answered");
        });
        ready();
      }
      case 'c', 'd', 'f' -> out.retract(); // of a COPY FROM that was refused: nothing is to be said
      default ->
          end(
              PgError.fatal(
                  SqlState.PROTOCOL_VIOLATION,
                  "unexpected message \"" + message.type() + "\"",
                  null));
    }
  }

  /** Ends the connection: tells the client why. */
  public void end(PgError why) {
    answers.error(why);
    out.flush();
    throw why;
  }

  private void query(Payload payload) {
    skipping = false;
    portals.close("");
    work(() -> {
      String text = payload.text();
      payload.end();
      List<Sql> all = Sql.split(text);
      List<Command> commands = all.stream().map(Commands::read).toList();
      if (commands.isEmpty()) {
        out.empty('I');
      }
      for (Command command : commands) {
        simple(command);
      }
    });
    endImplicit();
    ready();
  }

  private void simple(Command command) {
    try (Portal portal = planner.portal(command, Map.of(), Map.of(), Optional.empty())) {
      portal.columns().ifPresent(columns -> columns.describe(out));
      executor.execute(portal, Long.MAX_VALUE);
    }
  }

  private void step(Runnable step) {
    if (!skipping && !work(step)) {
      skipping = true; // until Sync, as the protocol says
    }
  }

  private void sync() {
    skipping = false;
    endImplicit();
    ready();
  }

  /** Outside of a block each message, or all up to Sync, is a transaction. */
  private void endImplicit() {
    if (!transaction.isBlock()) {
      executor.end();
    }
  }

  /** Does something that may fail, and tells the client if it does. */
  private boolean work(Runnable work) {
    try {
      running.begin(settings.statementTimeout());
      requireSamePerson();
      work.run();
      return true;
    } catch (UncheckedIOException e) {
      throw e;
    } catch (TowpathException e) {
      fail(Failures.of(e, running));
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      mistakes.accept("a PostgreSQL client's statement", e);
      fail(PgError.of(SqlState.INTERNAL_ERROR, "this is a mistake in towpath itself: " + e));
    } finally {
      running.end();
    }
    return false;
  }

  /** Whoever may do something else than when they came in, or nothing, comes in again. */
  private void requireSamePerson() {
    Optional<Principal> now = admitted.now().get();
    if (now.isEmpty()) {
      throw PgError.fatal(
          SqlState.INVALID_AUTHORIZATION, "what let you in does not any more", null);
    }
    if (!now.get().equals(admitted.who())) {
      throw PgError.fatal(
          SqlState.INVALID_AUTHORIZATION,
          "what " + now.get().name() + " may do has changed",
          "connect again");
    }
  }

  private void fail(PgError error) {
    out.retract();
    transaction.fail();
    if (error.isFatal()) {
      end(error);
    }
    answers.error(error);
  }

  @Override
  public void close() {
    portals.close();
    transaction.end();
    statements.close();
  }
}
