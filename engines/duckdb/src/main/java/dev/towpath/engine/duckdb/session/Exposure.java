package dev.towpath.engine.duckdb.session;

import dev.towpath.spi.Column;
import dev.towpath.spi.DataFile;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Field;
import dev.towpath.spi.HiddenColumns;
import dev.towpath.spi.Names;
import dev.towpath.spi.Relation;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TableFiles;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The SELECT that a relation is read with. */
public final class Exposure {
  /** The column that a reading of files gets for the path of each row's; no table has one. */
  private static final String PATH = "towpath_path";

  /** The same for files that say which rows are gone. */
  private static final String DELETES = "towpath_deletes";

  /** DuckDB's own column for the place of a row in its file. */
  private static final String NUMBER = "file_row_number";

  private final Path root;
  private final Preparing footers;

  /** Prepares a statement that looks into a file. */
  @FunctionalInterface
  public interface Preparing {
    PreparedStatement prepare(String sql) throws SQLException;
  }

  /** Relations of a lake whose files may have to be looked into. */
  public Exposure(Path root, Preparing footers) {
    this.root = root;
    this.footers = footers;
  }

  /** The SELECT. */
  public BoundSql select(Relation relation) throws SQLException {
    String sql =
        switch (relation) {
          case Relation.View view -> view.sql();
          case Relation.Inline inline -> inline(inline.schema(), inline.rows());
          case Relation.Lake lake -> lake(lake.files(), lake.whole());
        };
    return BoundSql.of(Statement.of(sql));
  }

  private static String empty(Schema schema) {
    return schema.columns().stream()
        .map(c -> Conversion.cast("NULL", c.type()) + " AS " + Names.quote(c.name()))
        .collect(Collectors.joining(", ", "SELECT ", " WHERE false"));
  }

  private static String inline(Schema schema, List<List<@Nullable String>> rows) {
    if (rows.isEmpty()) {
      return empty(schema);
    }
    String columns =
        schema.columns().stream()
            .map(c ->
                Conversion.cast(Names.quote(c.name()), c.type()) + " AS " + Names.quote(c.name()))
            .collect(Collectors.joining(", "));
    String values =
        rows.stream()
            .map(row ->
                row.stream()
                    .map(v -> v == null ? "NULL" : Names.literal(v) + "::VARCHAR")
                    .collect(Collectors.joining(", ", "(", ")")))
            .collect(Collectors.joining(", "));
    String names =
        schema.names().stream().map(Names::quote).collect(Collectors.joining(", ", "(", ")"));
    return "SELECT " + columns + " FROM (VALUES " + values + ") AS towpath_rows" + names;
  }

  private String lake(TableFiles table, boolean whole) throws SQLException {
    List<Field> visible = whole ? table.fields() : HiddenColumns.without(table.fields());
    if (table.files().isEmpty()) {
      List<Column> columns = new ArrayList<>(Field.schema(visible).columns());
      if (whole) {
        columns.add(new Column(Relation.Lake.FILE, DataType.parse("VARCHAR")));
        columns.add(new Column(Relation.Lake.ROW, DataType.parse("BIGINT")));
      }
      return empty(new Schema(columns));
    }
    Map<Group, List<DataFile>> groups = new LinkedHashMap<>();
    for (DataFile file : table.files()) {
      Group group = group(file, table.fields());
      groups.computeIfAbsent(group, _ -> new ArrayList<>()).add(file);
    }
    List<String> selects = new ArrayList<>();
    for (Map.Entry<Group, List<DataFile>> entry : groups.entrySet()) {
      Group group = entry.getKey();
      selects.add(
          "SELECT "
              + visible.stream()
                  .map(f -> column(f, group.names().get(f.id()), group.types().isEmpty()))
                  .collect(Collectors.joining(", "))
              + (whole ? ", " + file() + ", " + row(group) : "")
              + " FROM "
              + (group.thinned() ? thinned(entry.getValue()) : parquet(entry.getValue(), whole)));
    }
    return String.join("\nUNION ALL\n", selects);
  }

  /**
   * Files that one reading can have: it takes the types of the first for those of all.
   *
   * @param names of the columns that they hold, by id
   * @param types that they hold, as the footer has them; empty for those of the table
   * @param thinned whether rows of them are gone
   */
  private record Group(Map<Integer, String> names, String types, boolean thinned) {}

  private static String column(Field field, @Nullable String name, boolean current) {
    String expression;
    if (name == null) {
      expression = Conversion.cast("NULL", field.type());
    } else if (current) {
      expression = Conversion.read(Names.quote(name), field.type());
    } else {
      expression = Conversion.cast(Names.quote(name), field.type());
    }
    return expression + " AS " + Names.quote(field.name());
  }

  /** The file that a row is in, relative to the root. */
  private String file() {
    return "substr("
        + PATH
        + ", "
        + (root.toString().length() + 2)
        + ") AS "
        + Names.quote(Relation.Lake.FILE);
  }

  /** The place of a row in its file, which a column of the same name would hide. */
  private static String row(Group group) {
    boolean hidden = group.names().values().stream().anyMatch(NUMBER::equalsIgnoreCase);
    return (hidden ? "NULL::BIGINT" : NUMBER) + " AS " + Names.quote(Relation.Lake.ROW);
  }

  private String parquet(List<DataFile> files, boolean whole) {
    return parquet(
        files.stream().map(DataFile::path), whole ? Optional.of(PATH) : Optional.empty());
  }

  /**
   * A reading of files.
   *
   * @param path name of a column for the path of each row's
   */
  private String parquet(Stream<String> paths, Optional<String> path) {
    return paths
        .map(p -> Literals.readable(root.resolve(p)))
        .collect(
            Collectors.joining(
                ", ",
                "read_parquet([",
                "], hive_partitioning = false, union_by_name = false"
                    + path.map(p -> ", filename = " + Names.literal(p)).orElse("")
                    + ")"));
  }

  /** Files without the rows that are gone. */
  private String thinned(List<DataFile> files) {
    return "(SELECT *, "
        + NUMBER
        + ", "
        + place(PATH, files.stream().map(DataFile::path))
        + " AS towpath_at FROM "
        + parquet(files, true)
        + ") ANTI JOIN (SELECT pos AS towpath_pos, "
        + place(DELETES, files.stream().map(Exposure::deletes))
        + " AS towpath_of FROM "
        + parquet(files.stream().map(Exposure::deletes), Optional.of(DELETES))
        + ") ON "
        + NUMBER
        + " = towpath_pos AND towpath_at = towpath_of";
  }

  /**
   * Which of some files a row is in, as a number: a join by their names would keep one for each row
   * that is gone. A file under another name than it was asked for would bring such rows back.
   */
  private String place(String column, Stream<String> paths) {
    return paths
        .map(p -> Literals.path(root.resolve(p)))
        .collect(
            Collectors.joining(
                ", ",
                "coalesce(list_position([",
                "], " + column + "), error('nobody asked for the file ' || " + column + "))"));
  }

  private static String deletes(DataFile file) {
    return file.deletes().orElseThrow().path();
  }

  private Group group(DataFile file, List<Field> fields) throws SQLException {
    boolean thinned = file.deletes().isPresent();
    if (!Layout.isCurrent(file, fields)) {
      return footer(file, fields, thinned);
    }
    Map<Integer, String> names = new HashMap<>();
    fields.stream()
        .filter(f -> file.fieldIds().contains(f.id()))
        .forEach(f -> names.put(f.id(), f.name()));
    return new Group(names, "", thinned);
  }

  private Group footer(DataFile file, List<Field> fields, boolean thinned) throws SQLException {
    Map<Integer, String> names = new HashMap<>();
    StringBuilder types = new StringBuilder();
    String sql =
        "SELECT name, coalesce(num_children, 0), field_id, concat_ws(' ', type, type_length,"
            + " converted_type, logical_type, precision, scale) FROM parquet_schema("
            + Literals.readable(root.resolve(file.path()))
            + ") ORDER BY column_id";
    try (PreparedStatement statement = footers.prepare(sql);
        ResultSet row = statement.executeQuery()) {
      long below = 0; // columns still to come that are part of a nested one
      row.next();
      while (row.next()) {
        String name = row.getString(1);
        int id = row.getInt(3);
        boolean known = !row.wasNull();
        types.append(name).append(' ').append(row.getString(4)).append('\n');
        if (below > 0) {
          below--;
        } else if (known) {
          names.put(id, name);
        }
        below += row.getLong(2);
      }
    }
    if (names.isEmpty()) { // a file without ids: by name
      fields.forEach(f -> names.put(f.id(), f.name()));
    }
    return new Group(names, types.toString(), thinned);
  }
}
