package dev.towpath.pgwire.catalog;

import dev.towpath.pgwire.session.Settings;
import dev.towpath.pgwire.type.WireType;
import dev.towpath.spi.Column;
import dev.towpath.spi.Names;
import dev.towpath.spi.Schema;
import dev.towpath.spi.TableName;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32;

/** The statements that fill a catalog. */
final class Fill {
  /** Below this are PostgreSQL's own objects. */
  private static final long FIRST_OID = 16_384;

  private static final int ROWS = 500;

  private final Set<Long> taken = new HashSet<>();
  private final List<String> statements = new ArrayList<>();

  private Fill() {}

  /**
   * All of them, in order.
   *
   * @param database its name
   * @param tables that are seen, with their columns
   */
  static List<String> statements(String database, Map<TableName, Schema> tables) {
    Fill fill = new Fill();
    fill.statements.add(script("pg_catalog.sql", database));
    fill.statements.add(script("information_schema.sql", database));
    fill.schemas(tables.keySet());
    fill.tables(tables);
    fill.settings();
    fill.statements.add(SYSTEM);
    return fill.statements;
  }

  private static String script(String name, String database) {
    try (InputStream in = Objects.requireNonNull(Fill.class.getResourceAsStream(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .replace(":database", Names.literal(database));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // it is in our own jar
    }
  }

  /** The catalog's own tables, which some clients list. */
  private static final String SYSTEM =
      """
      INSERT INTO pg_class BY NAME SELECT 1000 + row_number() OVER (ORDER BY name) AS oid, name AS relname,
        CASE schema WHEN 'pg' THEN 11 ELSE 13000 END AS relnamespace, kind AS relkind, count AS relnatts, 'p' AS relpersistence,
        0 AS reltype, 0 AS reloftype, 10 AS relowner, 0 AS relam, 0 AS reltablespace, 0 AS reltuples, 0 AS relpages, false AS relhasindex,
        false AS relhasrules, false AS relhastriggers, false AS relrowsecurity, false AS relforcerowsecurity, false AS relispartition,
        true AS relispopulated, 'd' AS relreplident, 0 AS relchecks, 0 AS reltoastrelid, false AS relisshared, false AS relhassubclass, [] AS relacl
      FROM (SELECT schema_name AS schema, table_name AS name, 'r' AS kind, column_count AS count FROM duckdb_tables()
          WHERE database_name = current_catalog() AND NOT starts_with(table_name, 'towpath_')
        UNION ALL SELECT schema_name, view_name, 'v', column_count FROM duckdb_views() WHERE database_name = current_catalog() AND NOT internal)
      """;

  private void settings() {
    List<String> rows = new ArrayList<>();
    new Settings("admin", (_, _) -> {})
        .all()
        .forEach((name, value) ->
            rows.add(
                "(%s, %s, 'user', 'string', 'default', %2$s, %2$s, false)"
                    .formatted(Names.literal(name), Names.literal(value))));
    insert(
        "pg_settings(name, setting, context, vartype, source, boot_val, reset_val, pending_restart)",
        rows);
  }

  private static String lower(String name) {
    return Names.identity(name);
  }

  /** OIDs are made of names, so that a table has the same one in every release and session. */
  private long oid(String kind, String name) {
    CRC32 crc = new CRC32();
    crc.update((kind + lower(name)).getBytes(StandardCharsets.UTF_8));
    long oid = FIRST_OID + (crc.getValue() & 0x3fff_ffff);
    while (!taken.add(oid)) {
      oid++;
    }
    return oid;
  }

  private final Map<String, Long> namespaces = new TreeMap<>();

  private void schemas(Collection<TableName> tables) {
    Map<String, String> names = new TreeMap<>();
    tables.forEach(t -> names.putIfAbsent(lower(t.schema()), t.schema()));
    List<String> rows = new ArrayList<>();
    names.forEach((identity, name) -> {
      long oid = identity.equals("public") ? 2200 : oid("schema ", name);
      namespaces.put(identity, oid);
      if (oid != 2200) {
        rows.add("(" + oid + ", " + Names.literal(name) + ", 10, [])");
      }
    });
    insert("pg_namespace", rows);
  }

  private void tables(Map<TableName, Schema> tables) {
    List<String> relations = new ArrayList<>();
    List<String> columns = new ArrayList<>();
    new TreeMap<>(tables)
        .forEach((name, schema) -> {
          long oid = oid("table ", name.toString());
          long namespace = Objects.requireNonNull(namespaces.get(lower(name.schema())));
          relations.add(
              "(%d, %s, %d, %d)"
                  .formatted(oid, Names.literal(name.table()), namespace, schema.columns().size()));
          for (int i = 0; i < schema.columns().size(); i++) {
            columns.add(column(oid, i + 1, schema.columns().get(i)));
          }
        });
    statements.add(
        """
        CREATE TABLE towpath_tables(oid UINTEGER, relname VARCHAR, relnamespace UINTEGER, relnatts SMALLINT);
        CREATE TABLE towpath_columns(attrelid UINTEGER, attnum SMALLINT, attname VARCHAR, atttypid UINTEGER, attlen SMALLINT, atttypmod INTEGER,
          attndims INTEGER)
        """);
    insert("towpath_tables", relations);
    insert("towpath_columns", columns);
    statements.add(
        """
        INSERT INTO pg_class BY NAME SELECT *, 0 AS reltype, 0 AS reloftype, 10 AS relowner, 2 AS relam, oid AS relfilenode, 0 AS reltablespace,
          0 AS relpages, -1 AS reltuples, 0 AS relallvisible, 0 AS reltoastrelid, false AS relhasindex, false AS relisshared,
          'p' AS relpersistence, 'r' AS relkind, 0 AS relchecks, false AS relhasrules, false AS relhastriggers, false AS relhassubclass,
          false AS relrowsecurity, false AS relforcerowsecurity, true AS relispopulated, 'd' AS relreplident, false AS relispartition,
          0 AS relrewrite, 0 AS relfrozenxid, 0 AS relminmxid, [] AS relacl FROM towpath_tables;
        INSERT INTO pg_attribute BY NAME SELECT *, -1 AS attstattarget, -1 AS attcacheoff, attlen > 0 AS attbyval, 'i' AS attalign,
          CASE WHEN attlen < 0 THEN 'x' ELSE 'p' END AS attstorage, '' AS attcompression, false AS attnotnull, false AS atthasdef,
          false AS atthasmissing, '' AS attidentity, '' AS attgenerated, false AS attisdropped, true AS attislocal, 0 AS attinhcount,
          CASE atttypid WHEN 25 THEN 100 ELSE 0 END AS attcollation FROM towpath_columns;
        DROP TABLE towpath_tables;
        DROP TABLE towpath_columns
        """);
  }

  private static String column(long table, int position, Column column) {
    WireType type = WireType.of(column.type());
    return "(%d, %d, %s, %d, %d, %d, %d)"
        .formatted(
            table,
            position,
            Names.literal(column.name()),
            type.oid(),
            type.size(),
            type.modifier(),
            type.isArray() ? 1 : 0);
  }

  private void insert(String table, List<String> rows) {
    for (int i = 0; i < rows.size(); i += ROWS) {
      String values = String.join(", ", rows.subList(i, Math.min(rows.size(), i + ROWS)));
      statements.add("INSERT INTO " + table + " VALUES " + values);
    }
  }
}
