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
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The SELECT that a relation is read with. */
public final class Exposure {
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
      }
      return empty(new Schema(columns));
    }
    Map<Map<Integer, String>, List<DataFile>> groups = new LinkedHashMap<>();
    for (DataFile file : table.files()) {
      groups.computeIfAbsent(names(file, table.fields()), _ -> new ArrayList<>()).add(file);
    }
    List<String> selects = new ArrayList<>();
    for (Map.Entry<Map<Integer, String>, List<DataFile>> group : groups.entrySet()) {
      boolean current = Layout.isCurrent(group.getValue().getFirst(), table.fields());
      selects.add(
          "SELECT "
              + visible.stream()
                  .map(f -> column(f, group.getKey().get(f.id()), current))
                  .collect(Collectors.joining(", "))
              + (whole ? ", " + file() : "")
              + " FROM "
              + parquet(group.getValue()));
    }
    return String.join("\nUNION ALL\n", selects);
  }

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
    return "substr(filename, "
        + (root.toString().length() + 2)
        + ") AS "
        + Names.quote(Relation.Lake.FILE);
  }

  private String parquet(List<DataFile> files) {
    return files.stream()
        .map(f -> Literals.readable(root.resolve(f.path())))
        .collect(
            Collectors.joining(
                ", ", "read_parquet([", "], hive_partitioning = false, union_by_name = false)"));
  }

  /** The names, by id, of the columns that a file holds. */
  private Map<Integer, String> names(DataFile file, List<Field> fields) throws SQLException {
    if (!Layout.isCurrent(file, fields)) {
      return namesInFooter(file, fields);
    }
    Map<Integer, String> names = new HashMap<>();
    fields.stream()
        .filter(f -> file.fieldIds().contains(f.id()))
        .forEach(f -> names.put(f.id(), f.name()));
    return names;
  }

  private Map<Integer, String> namesInFooter(DataFile file, List<Field> fields)
      throws SQLException {
    Map<Integer, String> names = new HashMap<>();
    String sql =
        "SELECT name, coalesce(num_children, 0), field_id FROM parquet_schema("
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
    return names;
  }
}
