package dev.towpath.core.run;

import dev.towpath.core.project.Model;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.EngineSession;
import dev.towpath.spi.Field;
import dev.towpath.spi.Names;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TableFiles;
import dev.towpath.spi.TableName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Slowly changing dimensions, type 2: every version of a key with the half-open time it held.
 *
 * <p>With {@code updated_at}, a version holds from the time its row tells. A batch may bring
 * several versions of a key, late ones too: a late one splits the version that held then, and ends
 * where that one ended. So the history of a key is computed anew from all its versions: each ends
 * where the next begins, or where it was closed, whichever comes first. A version whose row changed
 * without another {@code updated_at} takes its place.
 *
 * <p>Without it, a version holds from the logical time of the run that first saw it.
 *
 * <p>Columns on the way have names that no column of a model may have ({@code
 * core.check.OwnNames}): of two with one name the engine would take the model's.
 */
final class Scd2 {
  private static final String FROM = "\"valid_from\"";
  private static final String TO = "\"valid_to\"";

  private final Model model;
  private final List<String> columns;
  private final List<Field> fields;
  private final Optional<String> updated;
  private final String now;
  private final String key;

  /**
   * The history of one model.
   *
   * @param fields the columns of its query
   * @param table those of its table
   */
  Scd2(Model model, List<Field> fields, Schema table, Instant logicalTime) {
    this.model = model;
    this.fields = fields;
    this.columns = fields.stream().map(f -> Names.quote(f.name())).toList();
    this.updated = model.changes().updatedAt().map(Names::quote);
    DataType time = table.column("valid_from").map(Column::type).orElseThrow();
    this.now =
        "CAST(TIMESTAMPTZ "
            + Names.literal(logicalTime.toString())
            + " AT TIME ZONE 'UTC' AS "
            + time.sql()
            + ")";
    this.key = model.key().stream().map(Names::quote).collect(Collectors.joining(", "));
  }

  /** The columns whose values no two rows of a batch share. */
  List<String> identity() {
    List<String> identity = new ArrayList<>(model.key());
    model.changes().updatedAt().ifPresent(identity::add);
    return identity;
  }

  /** Takes the rows of a batch into a table's history. */
  Keyed.Outcome apply(EngineSession session, Keyed keyed, TableFiles old, TableName batch) {
    TableName before = keyed.expose(old.files());
    Inputs inputs = new Inputs(batch.quoted(), before.quoted());
    TableName found = keyed.stage(updated.isPresent() ? byTime(inputs) : byRun(inputs), marked());
    List<Long> counts = new ArrayList<>();
    for (Object value :
        session
            .query(
                Statement.of(
                    "SELECT count(*) FILTER (towpath_what IN ('new', 'again')),"
                        + " count(*) FILTER (towpath_what = 'changed'),"
                        + " count(*) FILTER (towpath_what = 'closed') FROM "
                        + found.quoted()),
                1)
            .rows()
            .getFirst()) {
      counts.add(Staging.number(value));
    }
    if (counts.stream().allMatch(c -> c == 0)) {
      return Keyed.Outcome.NOTHING;
    }
    String there =
        "(SELECT o.* FROM "
            + before.quoted()
            + " o SEMI JOIN "
            + found.quoted()
            + " k ON "
            + same("o", "k")
            + ")";
    String rows = updated.isPresent() ? historyByTime(there, found) : historyByRun(there, found);
    Keyed.Outcome outcome = keyed.replace(old, found, rows);
    return new Keyed.Outcome(outcome.files(), counts.get(0), counts.get(1), counts.get(2));
  }

  /** What is compared: the batch, and the table as it is. */
  private record Inputs(String batch, String before) {}

  /** The query's columns, and what is to be done with a row. */
  private List<Field> marked() {
    List<Field> marked = new ArrayList<>(fields);
    int last = 1_000_000; // of a file that nobody keeps
    marked.add(new Field(last, "towpath_what", DataType.parse("VARCHAR"), List.of()));
    return marked;
  }

  private String list(String prefix) {
    return columns.stream().map(c -> prefix + c).collect(Collectors.joining(", "));
  }

  /** Rows of the batch that are new versions or correct one, and keys that are gone. */
  private String byTime(Inputs inputs) {
    String time = updated.orElseThrow();
    String newest =
        "(SELECT * FROM "
            + inputs.before()
            + " QUALIFY row_number() OVER (PARTITION BY "
            + key
            + ", "
            + time
            + " ORDER BY "
            + FROM
            + " DESC) = 1)";
    String changed =
        "SELECT "
            + list("b.")
            + ", CASE WHEN o.towpath_file IS NULL THEN 'new' ELSE 'changed' END AS towpath_what"
            + " FROM "
            + inputs.batch()
            + " b LEFT JOIN "
            + newest
            + " o ON "
            + same("b", "o")
            + " AND b."
            + time
            + " = o."
            + time
            + " WHERE o.towpath_file IS NULL OR ROW("
            + list("b.")
            + ") IS DISTINCT FROM ROW("
            + list("o.")
            + ")";
    if (!model.changes().closeDeleted()) {
      return changed;
    }
    return changed + " UNION ALL " + closed(inputs) + " UNION ALL " + again(inputs);
  }

  /**
   * Keys of the batch whose newest row would not hold by its own time, since that lies before the
   * key was closed, or before it came back: such a row holds from now on.
   */
  private String again(Inputs inputs) {
    String time = updated.orElseThrow();
    return "SELECT "
        + list("b.")
        + ", 'again' AS towpath_what FROM (SELECT * FROM "
        + inputs.batch()
        + " QUALIFY row_number() OVER (PARTITION BY "
        + key
        + " ORDER BY "
        + time
        + " DESC) = 1) b JOIN (SELECT "
        + key
        + ", list("
        + time
        + ") AS towpath_times, max("
        + time
        + ") FILTER ("
        + TO
        + " IS NULL) AS towpath_held, max("
        + FROM
        + ") FILTER ("
        + TO
        + " IS NULL) AS towpath_since, max("
        + TO
        + ") AS towpath_until FROM "
        + inputs.before()
        + " GROUP BY "
        + key
        + ") o ON "
        + same("b", "o")
        + " WHERE coalesce(b."
        + time
        + " > o.towpath_held, true) AND (b."
        + time
        + " < coalesce(o.towpath_since, o.towpath_until) OR list_contains(o.towpath_times, b."
        + time
        + "))";
  }

  private String closed(Inputs inputs) {
    return "SELECT "
        + list("o.")
        + ", 'closed' AS towpath_what FROM "
        + inputs.before()
        + " o ANTI JOIN "
        + inputs.batch()
        + " b ON "
        + same("o", "b")
        + " WHERE o."
        + TO
        + " IS NULL";
  }

  /** All versions of the keys that were found, those that stay too. */
  private String historyByTime(String there, TableName found) {
    String time = updated.orElseThrow();
    String versions =
        "SELECT "
            + columns.stream()
                .map(c ->
                    "CASE WHEN f.towpath_what IS NULL THEN o."
                        + c
                        + " ELSE f."
                        + c
                        + " END AS "
                        + c)
                .collect(Collectors.joining(", "))
            + ", o."
            + FROM
            + " AS towpath_begin, CASE WHEN g.towpath_what IS NOT NULL AND o."
            + TO
            + " IS NULL THEN greatest(o."
            + FROM
            + ", "
            + now
            + ") ELSE o."
            + TO
            + " END AS towpath_end FROM "
            + there
            + " o LEFT JOIN (SELECT * FROM "
            + found.quoted()
            + " WHERE towpath_what = 'changed') f ON "
            + same("o", "f")
            + " AND o."
            + time
            + " = f."
            + time
            + " LEFT JOIN (SELECT * FROM "
            + found.quoted()
            + " WHERE towpath_what = 'closed') g ON "
            + same("o", "g");
    // A late version ends where the one that it splits ended.
    String fresh =
        "SELECT "
            + list("n.")
            + ", n."
            + time
            + " AS towpath_begin, (SELECT max(o."
            + TO
            + ") FROM "
            + there
            + " o WHERE "
            + same("o", "n")
            + " AND o."
            + FROM
            + " <= n."
            + time
            + " AND o."
            + TO
            + " > n."
            + time
            + ") AS towpath_end FROM "
            + found.quoted()
            + " n WHERE n.towpath_what = 'new'";
    String again = // after all that it held before, though that may lie ahead
        "SELECT "
            + list("n.")
            + ", greatest("
            + now
            + ", (SELECT max(greatest(o."
            + FROM
            + ", o."
            + TO
            + ")) FROM "
            + there
            + " o WHERE "
            + same("o", "n")
            + ")) AS towpath_begin, NULL AS towpath_end FROM "
            + found.quoted()
            + " n WHERE n.towpath_what = 'again'";
    // What begins at one time with another was closed as it began, or came back.
    String end =
        "least(lead(towpath_begin) OVER (PARTITION BY "
            + key
            + " ORDER BY towpath_begin, towpath_end IS NULL, "
            + time
            + "), towpath_end)";
    return "SELECT "
        + list("")
        + ", towpath_begin AS "
        + FROM
        + ", "
        + end
        + " AS "
        + TO
        + ", "
        + end
        + " IS NULL AS \"is_current\" FROM ("
        + versions
        + " UNION ALL "
        + fresh
        + " UNION ALL "
        + again
        + ")";
  }

  private String same(String left, String right) {
    return model.key().stream()
        .map(c -> left + "." + Names.quote(c) + " = " + right + "." + Names.quote(c))
        .collect(Collectors.joining(" AND "));
  }

  /** Rows of the batch that differ from the current version, and keys that are gone. */
  private String byRun(Inputs inputs) {
    String changed =
        "SELECT "
            + list("b.")
            + ", CASE WHEN o.towpath_file IS NULL THEN 'new' ELSE 'changed' END AS towpath_what"
            + " FROM "
            + inputs.batch()
            + " b LEFT JOIN (SELECT * FROM "
            + inputs.before()
            + " WHERE "
            + TO
            + " IS NULL) o ON "
            + same("b", "o")
            + " WHERE o.towpath_file IS NULL OR ROW("
            + list("b.")
            + ") IS DISTINCT FROM ROW("
            + list("o.")
            + ")";
    return model.changes().closeDeleted() ? changed + " UNION ALL " + closed(inputs) : changed;
  }

  private String historyByRun(String there, TableName found) {
    // Where the clock went back, a version that began later ends as it began.
    String end =
        "CASE WHEN o."
            + TO
            + " IS NULL THEN greatest("
            + now
            + ", o."
            + FROM
            + ") ELSE o."
            + TO
            + " END";
    return "SELECT "
        + list("o.")
        + ", o."
        + FROM
        + ", "
        + end
        + " AS "
        + TO
        + ", false AS \"is_current\" FROM "
        + there
        + " o WHERE o."
        + TO
        + " IS NOT NULL OR o."
        + FROM
        + " <> "
        + now
        + " UNION ALL SELECT "
        + list("n.")
        + ", greatest("
        + now
        + ", (SELECT max(greatest(o."
        + FROM
        + ", o."
        + TO
        + ")) FROM "
        + there
        + " o WHERE "
        + same("o", "n")
        + ")), NULL, true FROM "
        + found.quoted()
        + " n WHERE n.towpath_what <> 'closed'";
  }
}
