package dev.towpath.core.run;

import dev.towpath.spi.DataFile;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Extract;
import dev.towpath.spi.Field;
import dev.towpath.spi.HiddenColumns;
import dev.towpath.spi.Lake;
import dev.towpath.spi.Monitor;
import dev.towpath.spi.Names;
import dev.towpath.spi.PartitionField;
import dev.towpath.spi.Relation;
import dev.towpath.spi.Rows;
import dev.towpath.spi.SortField;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TableFiles;
import dev.towpath.spi.TableName;
import dev.towpath.spi.WriteRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Replaces rows of a table by key. Only files that hold one of the keys are written again, and of
 * those not the large ones that hold few: {@link PositionDeletes} say which of their rows are gone.
 */
final class Keyed {
  /** Files of a table whose rows are replaced by key stay small, so that few rows move with one. */
  private static final long MIN_FILE_BYTES = 16L << 20;

  private static final long MAX_FILE_BYTES = 512L << 20;
  private static final String DELETE = "towpath_delete";

  private final RunContext context;
  private final Staging staging;
  private final Lake.Draft draft;
  private final List<String> key;
  private final List<SortField> sortBy;
  private final Monitor monitor;
  private final List<DataFile> temporary = new ArrayList<>();

  Keyed(
      RunContext context,
      Staging staging,
      Lake.Draft draft,
      List<String> key,
      List<SortField> sortBy,
      Monitor monitor) {
    this.context = context;
    this.staging = staging;
    this.draft = draft;
    this.key = key;
    this.sortBy = sortBy;
    this.monitor = monitor;
  }

  /**
   * What to write and what to leave out.
   *
   * @param inserted rows with a new key
   * @param updated rows that took another's place
   * @param deleted rows that went
   */
  record Outcome(Lake.Step files, long inserted, long updated, long deleted) {
    static final Outcome NOTHING = inserted(List.of());

    /** Files whose rows come to the others. */
    static Outcome inserted(List<DataFile> added) {
      long rows = added.stream().mapToLong(DataFile::rows).sum();
      return new Outcome(new Lake.Step(added, Set.of(), List.of()), rows, 0, 0);
    }

    boolean changesNothing() {
      return files.added().isEmpty() && files.removed().isEmpty() && files.thinned().isEmpty();
    }

    @Override
    public String toString() {
      List<String> parts = new ArrayList<>();
      part(parts, inserted, "added");
      part(parts, updated, "updated");
      part(parts, deleted, "deleted");
      return parts.isEmpty() ? "same rows as before" : String.join(", ", parts);
    }

    private static void part(List<String> parts, long rows, String what) {
      if (rows > 0) {
        parts.add(rows + (parts.isEmpty() ? (rows == 1 ? " row " : " rows ") : " ") + what);
      }
    }
  }

  /**
   * Merges a batch: each of its rows takes the place of the one with the same key, or is added.
   *
   * @param batch rows in files of their own, whose keys are whole, as {@link KeyRules} has seen
   * @param deleteWhen an expression over the batch; rows for which it is true go
   * @param updatedAt a column by which a row of the batch that is older than what is there is
   *     passed over
   */
  Outcome merge(
      TableFiles old,
      List<DataFile> batch,
      Optional<String> deleteWhen,
      Optional<String> updatedAt) {
    TableName rows = expose(batch);
    TableFiles touched = new TableFiles(draft.fields(), files(touched(old, rows)));
    TableName there = expose(touched.files());
    String delete = deleteWhen.map(e -> "coalesce((" + e + "\n), false)").orElse("false");
    String columns = columns("b.");
    String different =
        "SELECT "
            + columns
            + ", b."
            + DELETE
            + ", o."
            + Relation.Lake.FILE
            + " IS NOT NULL AS towpath_there FROM (SELECT *, "
            + delete
            + " AS "
            + DELETE
            + " FROM "
            + rows.quoted()
            + " AS "
            + Names.quote(draft.table().table())
            + ") b LEFT JOIN "
            + there.quoted()
            + " o ON "
            + sameKey("b", "o")
            + " WHERE CASE WHEN o."
            + Relation.Lake.FILE
            + " IS NULL THEN NOT b."
            + DELETE
            + " ELSE ("
            + updatedAt.map(c -> newer(Names.quote(c))).orElse("true")
            + ") AND (b."
            + DELETE
            + " OR "
            + values("b.")
            + " IS DISTINCT FROM "
            + values("o.")
            + ") END";
    List<Field> fields = new ArrayList<>(draft.fields());
    int next = fields.stream().mapToInt(Keyed::lastId).max().orElse(0);
    fields.add(new Field(next + 1, DELETE, DataType.parse("BOOLEAN"), List.of()));
    fields.add(new Field(next + 2, "towpath_there", DataType.parse("BOOLEAN"), List.of()));
    TableName changes = stage(different, fields);
    List<Long> counts =
        numbers(
            "SELECT count(*) FILTER (NOT towpath_there), count(*) FILTER (towpath_there AND NOT "
                + DELETE
                + "), count(*) FILTER ("
                + DELETE
                + ") FROM "
                + changes.quoted());
    if (counts.stream().allMatch(c -> c == 0)) {
      return Outcome.NOTHING;
    }
    Outcome replaced =
        replace(
            touched,
            changes,
            "SELECT " + columns("") + " FROM " + changes.quoted() + " WHERE NOT " + DELETE);
    return new Outcome(replaced.files(), counts.get(0), counts.get(1), counts.get(2));
  }

  /**
   * Puts rows in place of all rows with some keys.
   *
   * @param old files that may hold these keys
   * @param keys a table with the key's columns; it may name a key more than once
   * @param rows a query over exposed tables for the new rows
   */
  Outcome replace(TableFiles old, TableName keys, String rows) {
    PositionDeletes deletes = new PositionDeletes(context, staging, draft);
    List<Touched> touched = touched(old, keys);
    List<Touched> thinned = touched.stream().filter(deletes::fit).toList();
    List<DataFile> anew = files(touched.stream().filter(t -> !deletes.fit(t)).toList());
    String all =
        anew.isEmpty()
            ? rows
            : without(anew, keys) + " UNION ALL SELECT " + columns("") + " FROM (" + rows + ")";
    List<DataFile> added = write(all, draft.fields(), draft.partitionBy(), sortBy, old.bytes());
    Set<String> removed = anew.stream().map(DataFile::path).collect(Collectors.toSet());
    try {
      List<DataFile> less =
          thinned.isEmpty() ? List.of() : deletes.write(thinned, positions(files(thinned), keys));
      return new Outcome(new Lake.Step(added, removed, less), 0, 0, 0);
    } catch (RuntimeException e) {
      staging.drop(added);
      throw e;
    }
  }

  /** The rows of files whose keys are not among some. */
  private String without(List<DataFile> files, TableName keys) {
    return "SELECT "
        + columns("o.")
        + " FROM "
        + expose(files).quoted()
        + " o ANTI JOIN "
        + keys.quoted()
        + " k ON "
        + sameKey("o", "k");
  }

  /** Where rows with some keys are in files. */
  private TableName positions(List<DataFile> files, TableName keys) {
    return stage(
        "SELECT o."
            + Relation.Lake.FILE
            + " AS towpath_of, o."
            + Relation.Lake.ROW
            + " AS towpath_pos FROM "
            + expose(files).quoted()
            + " o SEMI JOIN "
            + keys.quoted()
            + " k ON "
            + sameKey("o", "k")
            + " ORDER BY ALL", // so that each file's are found together
        PositionDeletes.POSITIONS);
  }

  /** Writes the result of a query into files that nobody keeps, and makes it readable. */
  TableName stage(String query, List<Field> fields) {
    List<DataFile> files = write(query, fields, List.of(), List.of(), 0);
    temporary.addAll(files);
    return staging.expose(new Relation.Lake(new TableFiles(fields, files), true));
  }

  /**
   * Of rows with one key the one with the greatest value of a column, of several such the one that
   * was read last; the files themselves when no two rows share a key.
   */
  List<DataFile> newest(List<DataFile> files, String column) {
    TableName rows = expose(files);
    String list = key.stream().map(Names::quote).collect(Collectors.joining(", "));
    String none =
        key.stream().map(c -> Names.quote(c) + " IS NULL").collect(Collectors.joining(" OR "));
    boolean unique =
        context
            .session()
            .query(
                Statement.of(
                    "SELECT 1 FROM "
                        + rows.quoted()
                        + " GROUP BY "
                        + list
                        + " HAVING count(*) > 1"),
                1)
            .rows()
            .isEmpty();
    if (unique) {
      return files;
    }
    boolean isThere =
        draft.fields().stream()
            .anyMatch(f -> Names.identity(f.name()).equals(Names.identity(column)));
    return write(
        "SELECT "
            + columns("")
            + " FROM "
            + rows.quoted()
            + " QUALIFY row_number() OVER (PARTITION BY "
            + list
            + " ORDER BY "
            + (isThere ? Names.quote(column) + " DESC NULLS LAST, " : "")
            + "\"_row\" DESC) = 1 OR "
            + none,
        draft.fields(),
        List.of(),
        List.of(),
        0);
  }

  /** Removes what was only needed on the way. */
  void forget() {
    staging.drop(temporary);
    temporary.clear();
  }

  /** Files with the draft's columns as one table, hidden columns and all. */
  TableName expose(List<DataFile> files) {
    return staging.expose(new Relation.Lake(new TableFiles(draft.fields(), files), true));
  }

  /**
   * A file that holds rows with some keys.
   *
   * @param rows how many
   * @param numbered whether it can be told where in the file they are
   */
  record Touched(DataFile file, long rows, boolean numbered) {}

  /** The files among some that hold a row with one of the keys. */
  private List<Touched> touched(TableFiles old, TableName keys) {
    if (old.files().isEmpty()) {
      return List.of();
    }
    Rows found =
        context
            .session()
            .query(
                Statement.of(
                    "SELECT o."
                        + Relation.Lake.FILE
                        + ", count(*), count(o."
                        + Relation.Lake.ROW
                        + ") FROM "
                        + expose(old.files()).quoted()
                        + " o SEMI JOIN "
                        + keys.quoted()
                        + " k ON "
                        + sameKey("o", "k")
                        + " GROUP BY ALL"),
                Integer.MAX_VALUE);
    Map<String, DataFile> files = new HashMap<>();
    old.files().forEach(f -> files.put(f.path(), f));
    List<Touched> touched = new ArrayList<>();
    for (List<?> row : found.rows()) {
      long rows = Staging.number(row.get(1));
      DataFile file = Objects.requireNonNull(files.get(String.valueOf(row.getFirst())));
      touched.add(new Touched(file, rows, Staging.number(row.get(2)) == rows));
    }
    return touched;
  }

  private static List<DataFile> files(List<Touched> touched) {
    return touched.stream().map(Touched::file).toList();
  }

  List<DataFile> write(
      Extract input,
      List<PartitionField> partitionBy,
      List<SortField> sort,
      List<Field> fields,
      long tableBytes) {
    return context
        .session()
        .write(
            new WriteRequest(
                input,
                fields,
                Staging.part(draft),
                partitionBy,
                sort,
                partitionBy.isEmpty() ? fileBytes(tableBytes) : 0,
                Optional.empty()),
            monitor)
        .files();
  }

  private List<DataFile> write(
      String query,
      List<Field> fields,
      List<PartitionField> partitionBy,
      List<SortField> sort,
      long tableBytes) {
    return write(new Extract.Query(Statement.of(query)), partitionBy, sort, fields, tableBytes);
  }

  /** A few dozen files for a table, however large it is. */
  static long fileBytes(long tableBytes) {
    return Math.clamp(tableBytes / 64, MIN_FILE_BYTES, MAX_FILE_BYTES);
  }

  private List<Long> numbers(String query) {
    List<Long> numbers = new ArrayList<>();
    for (Object value : context.session().query(Statement.of(query), 1).rows().getFirst()) {
      numbers.add(Staging.number(value));
    }
    return numbers;
  }

  private String sameKey(String left, String right) {
    return key.stream()
        .map(c -> left + "." + Names.quote(c) + " = " + right + "." + Names.quote(c))
        .collect(Collectors.joining(" AND "));
  }

  private static String newer(String column) {
    return "o." + column + " IS NULL OR b." + column + " >= o." + column;
  }

  private String columns(String prefix) {
    return draft.fields().stream()
        .map(f -> prefix + Names.quote(f.name()))
        .collect(Collectors.joining(", "));
  }

  /** What two rows are compared by: all but the columns that say how a row came in. */
  private String values(String prefix) {
    return HiddenColumns.without(draft.fields()).stream()
        .map(f -> prefix + Names.quote(f.name()))
        .collect(Collectors.joining(", ", "ROW(", ")"));
  }

  private static int lastId(Field field) {
    return Math.max(field.id(), field.children().stream().mapToInt(Keyed::lastId).max().orElse(0));
  }
}
