package dev.towpath.pgwire.session;

import dev.towpath.pgwire.text.Command;
import dev.towpath.pgwire.type.WireType;
import dev.towpath.pgwire.wire.Answers;
import dev.towpath.pgwire.wire.Outbox;
import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import java.util.List;
import java.util.Optional;

/** Does what statements ask for, and tells the client. Used by one thread. */
final class Executor {
  private final Outbox out;
  private final Answers answers;
  private final Transaction transaction;
  private final Settings settings;
  private final Portals portals;
  private final Statements statements;
  private final Running running;
  private final Planner planner;

  Executor(
      Outbox out,
      Transaction transaction,
      Settings settings,
      Portals portals,
      Statements statements,
      Running running,
      Planner planner) {
    this.out = out;
    this.answers = new Answers(out);
    this.transaction = transaction;
    this.settings = settings;
    this.portals = portals;
    this.statements = statements;
    this.running = running;
    this.planner = planner;
  }

  /**
   * Runs a portal.
   *
   * @param limit the most rows that it gives now
   */
  void execute(Portal portal, long limit) {
    if (portal.command().isEmpty()) {
      out.empty('I');
      return;
    }
    planner.requireUsable(portal.command().get());
    switch (portal.command().get()) {
      case Command.Select _ -> select(portal, limit, "SELECT ");
      case Command.Execute _ -> select(portal, limit, "SELECT ");
      case Command.Explain _ -> select(portal, limit, "EXPLAIN");
      case Command.Prepare prepare -> prepare(prepare);
      case Command.Show _ -> select(portal, limit, "SHOW");
      case Command.Fetch fetch -> fetch(fetch, portal);
      case Command.Copy copy -> copy(copy, portal);
      case Command.Declare declare -> declare(declare);
      case Command.Begin begin -> begin(begin);
      case Command.Commit _ -> commit();
      case Command.Rollback _ -> rollback();
      case Command.Savepoint savepoint -> {
        transaction.savepoint(savepoint.name());
        answers.complete("SAVEPOINT");
      }
      case Command.Release release -> {
        transaction.releaseSavepoint(release.name());
        answers.complete("RELEASE");
      }
      case Command.RollbackTo rollback -> {
        transaction.rollbackTo(rollback.name());
        answers.complete("ROLLBACK");
      }
      case Command.Set set -> set(set);
      case Command.Reset reset -> {
        reset
            .name()
            .ifPresentOrElse(
                name -> settings.set(name, Optional.empty(), false), settings::resetAll);
        answers.complete("RESET");
      }
      case Command.Discard discard -> discard(discard);
      case Command.Deallocate deallocate -> deallocate(deallocate);
      case Command.Close close -> close(close);
      case Command.Nothing nothing -> answers.complete(nothing.tag());
    }
  }

  private void select(Portal portal, long limit, String tag) {
    if (portal.done()) { // it was told so; whoever asks again gets nothing
      answers.complete(tag.endsWith(" ") ? tag + "0" : tag);
      return;
    }
    Columns columns = portal.columns().orElseThrow();
    long count =
        portal.rows().write(limit, new DataRows(out, columns.encoders(settings.zone())), running);
    if (count == limit && !portal.rows().done()) {
      out.empty('s');
    } else {
      portal.finish();
      answers.complete(tag.endsWith(" ") ? tag + count : tag);
    }
  }

  private void fetch(Command.Fetch fetch, Portal portal) {
    Portal cursor = portals.get(fetch.name(), "cursor");
    Columns columns = portal.columns().orElseGet(() -> planner.columns(cursor));
    Rows.Writer writer =
        fetch.move() ? (_, _) -> {} : new DataRows(out, columns.encoders(settings.zone()));
    long count = cursor.rows().write(fetch.count(), writer, running);
    answers.complete((fetch.move() ? "MOVE " : "FETCH ") + count);
  }

  private void copy(Command.Copy copy, Portal portal) {
    CopyRows writer = new CopyRows(out, copy.format(), portal.rows().columns(), settings.zone());
    writer.begin();
    long count = portal.rows().write(Long.MAX_VALUE, writer, running);
    writer.end();
    answers.complete("COPY " + count);
  }

  private void declare(Command.Declare declare) {
    if (!transaction.isBlock() && !declare.hold()) {
      throw PgError.of(
          SqlState.NO_ACTIVE_TRANSACTION,
          "DECLARE CURSOR can only be used in transaction blocks",
          "BEGIN first, or DECLARE it WITH HOLD");
    }
    Portal cursor = planner.cursor(declare);
    portals.put(
        declare.name(),
        cursor,
        Prepared.bytes(declare.query(), 0, cursor.columns().map(Columns::schema)));
    answers.complete("DECLARE CURSOR");
  }

  private void begin(Command.Begin begin) {
    if (transaction.isBlock()) {
      answers.notice(
          "WARNING", SqlState.ACTIVE_TRANSACTION, "there is already a transaction in progress");
    }
    transaction.begin();
    answers.complete(begin.tag());
  }

  private void commit() {
    boolean failed = transaction.state() == Transaction.State.FAILED;
    warnWithoutBlock();
    end();
    answers.complete(failed ? "ROLLBACK" : "COMMIT");
  }

  private void rollback() {
    warnWithoutBlock();
    end();
    answers.complete("ROLLBACK");
  }

  private void warnWithoutBlock() {
    if (!transaction.isBlock()) {
      answers.notice(
          "WARNING", SqlState.NO_ACTIVE_TRANSACTION, "there is no transaction in progress");
    }
  }

  /** Ends the transaction, whichever way: nothing has changed. */
  void end() {
    portals.transactionEnded();
    transaction.end();
  }

  private void set(Command.Set set) {
    settings.set(set.name(), set.value(), set.local() && transaction.isBlock());
    answers.complete("SET");
  }

  private void discard(Command.Discard discard) {
    if (discard.what().equals("ALL")) {
      if (transaction.isBlock()) {
        throw PgError.of(
            SqlState.ACTIVE_TRANSACTION, "DISCARD ALL cannot run inside a transaction block");
      }
      portals.close();
      statements.clear();
      settings.resetAll();
    }
    answers.complete("DISCARD " + discard.what());
  }

  private void prepare(Command.Prepare prepare) {
    statements.requireFree(prepare.name());
    List<Integer> declared =
        prepare.types().stream()
            .map(name ->
                WireType.named(name)
                    .map(WireType::oid)
                    .orElseThrow(() ->
                        PgError.of(
                            SqlState.UNDEFINED_OBJECT, "type \"" + name + "\" does not exist")))
            .toList();
    statements.keep(
        prepare.name(),
        planner.prepared(new Command.Select(prepare.query()), prepare.query(), declared));
    answers.complete("PREPARE");
  }

  private void deallocate(Command.Deallocate deallocate) {
    if (deallocate.name().isEmpty()) {
      statements.clear();
    } else if (!statements.drop(deallocate.name().get())) {
      throw Statements.unknown(deallocate.name().get());
    }
    answers.complete(deallocate.name().isEmpty() ? "DEALLOCATE ALL" : "DEALLOCATE");
  }

  private void close(Command.Close close) {
    if (close.name().isEmpty()) {
      portals.close();
    } else {
      portals.get(close.name().get(), "cursor");
      portals.close(close.name().get());
    }
    answers.complete(close.name().isEmpty() ? "CLOSE CURSOR ALL" : "CLOSE CURSOR");
  }
}
