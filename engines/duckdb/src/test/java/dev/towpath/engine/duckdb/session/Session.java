package dev.towpath.engine.duckdb.session;

import dev.towpath.spi.Column;
import dev.towpath.spi.DataFile;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Engine;
import dev.towpath.spi.EngineSession;
import dev.towpath.spi.Extract;
import dev.towpath.spi.Field;
import dev.towpath.spi.Monitor;
import dev.towpath.spi.PartitionField;
import dev.towpath.spi.Relation;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TableFiles;
import dev.towpath.spi.TableName;
import dev.towpath.spi.WriteRequest;
import dev.towpath.spi.WriteResult;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A session over a directory, with what tests need around it. */
final class Session implements AutoCloseable {
  static final Instant NOW = Instant.parse("2020-02-03T04:05:06.789012Z");

  final Path root;
  final EngineSession engine;
  private int directories;

  Session(Path root) {
    this.root = root;
    this.engine =
        new DuckDbEngine().open(new Engine.Options(root, root.resolve("spill"), 1L << 30, 2, NOW));
  }

  /** Columns with ids from 1 on, nested ones included. */
  static List<Field> fields(Schema schema) {
    int[] next = {1};
    return schema.columns().stream().map(c -> field(c, next)).toList();
  }

  private static Field field(Column column, int[] next) {
    int id = next[0]++;
    List<Field> children = new ArrayList<>();
    switch (column.type()) {
      case DataType.ListOf list -> children.add(field(new Column("element", list.element()), next));
      case DataType.ArrayOf list ->
          children.add(field(new Column("element", list.element()), next));
      case DataType.Struct struct -> struct.members().forEach(m -> children.add(field(m, next)));
      case DataType.MapOf map -> {
        children.add(field(new Column("key", map.key()), next));
        children.add(field(new Column("value", map.value()), next));
      }
      default -> {}
    }
    return new Field(id, column.name(), column.type(), children);
  }

  /** Writes a query's result as a table of its own. */
  TableFiles table(String sql) {
    List<Field> fields = fields(engine.describe(Statement.of(sql)));
    return new TableFiles(fields, write(sql, fields).files());
  }

  WriteResult write(String sql, List<Field> fields, PartitionField... partitionBy) {
    return write(new Extract.Query(Statement.of(sql)), fields, partitionBy);
  }

  WriteResult write(Extract input, List<Field> fields, PartitionField... partitionBy) {
    return engine.write(
        new WriteRequest(
            input, fields, directory(), List.of(partitionBy), List.of(), Optional.empty()),
        Monitor.NONE);
  }

  /** A new directory below the root. */
  String directory() {
    return "data/" + directories++;
  }

  void expose(String table, List<Field> fields, List<DataFile> files) {
    engine.expose(TableName.parse(table), new Relation.Lake(new TableFiles(fields, files)));
  }

  /** All rows of a query as text. */
  List<List<String>> rows(String sql) {
    return engine.query(Statement.of(sql), 1_000_000).rows().stream()
        .map(row -> row.stream().map(String::valueOf).toList())
        .toList();
  }

  @Override
  public void close() {
    engine.close();
  }
}
