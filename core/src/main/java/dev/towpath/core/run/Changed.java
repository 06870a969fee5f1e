package dev.towpath.core.run;

import dev.towpath.core.store.TableState;
import dev.towpath.spi.Delta;
import dev.towpath.spi.EngineSession;
import dev.towpath.spi.HiddenColumns;
import dev.towpath.spi.Lake;
import dev.towpath.spi.Names;
import dev.towpath.spi.Relation;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TableFiles;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.util.stream.Collectors;

/** The rows of an input that came, or changed, since a model last read it. */
final class Changed {
  private final EngineSession session;
  private final Lake lake;

  Changed(EngineSession session, Lake lake) {
    this.session = session;
    this.lake = lake;
  }

  /** Makes the new rows readable, and says under which name. */
  TableName expose(TableFiles from, TableState to) {
    Delta delta = delta(from, to);
    TableFiles added = new TableFiles(delta.fields(), delta.added());
    if (delta.removed().isEmpty()) {
      return Staging.expose(session, new Relation.Lake(added));
    }
    return Staging.expose(session, new Relation.View(except(added, removed(delta))));
  }

  /** Refuses an input of which rows that were read before are gone, or are different now. */
  void requireOnlyAdded(TableName reader, TableFiles from, TableState to) {
    Delta delta = delta(from, to);
    if (delta.removed().isEmpty()) {
      return;
    }
    String gone = except(removed(delta), new TableFiles(delta.fields(), delta.added()));
    long rows =
        Staging.number(
            session
                .query(Statement.of("SELECT count(*) FROM (" + gone + ")"), 1)
                .rows()
                .getFirst()
                .getFirst());
    if (rows > 0) {
      throw new TowpathException(
          rows
              + (rows == 1 ? " row of " : " rows of ")
              + to.table()
              + (rows == 1 ? " is" : " are")
              + " gone or changed since "
              + reader
              + " read "
              + (rows == 1 ? "it" : "them"),
          "kind: append only adds; use kind: merge, or run it with --full to build it anew from"
              + " what is there now");
    }
  }

  private Delta delta(TableFiles from, TableState to) {
    return Delta.between(from, lake.files(to.metadataFile().orElseThrow()));
  }

  private static TableFiles removed(Delta delta) {
    return new TableFiles(delta.fields(), delta.removed());
  }

  private String except(TableFiles left, TableFiles right) {
    String columns =
        HiddenColumns.visible(left.fields()).columns().stream()
            .map(c -> Names.quote(c.name()))
            .collect(Collectors.joining(", "));
    return "SELECT "
        + columns
        + " FROM "
        + Staging.expose(session, new Relation.Lake(left)).quoted()
        + " EXCEPT ALL SELECT "
        + columns
        + " FROM "
        + Staging.expose(session, new Relation.Lake(right)).quoted();
  }
}
