package dev.towpath.engine.duckdb.serving;

import dev.towpath.engine.duckdb.session.DuckDbEngine;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataFile;
import dev.towpath.spi.Engine;
import dev.towpath.spi.EngineSession;
import dev.towpath.spi.Field;
import dev.towpath.spi.FileScan;
import dev.towpath.spi.Monitor;
import dev.towpath.spi.Relation;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Makes tables of one Parquet file each, in the folder {@code lake}. */
record TestTables(Path folder) {
  /** A table that holds what a query gives. */
  Relation.Lake made(String name, String sql, Schema columns, int rows) throws IOException {
    Path file = folder.resolve("lake").resolve(name + ".parquet");
    Files.createDirectories(file.getParent());
    Engine.Options options =
        new Engine.Options(
            folder.resolve("lake"), folder.resolve("made"), 256L << 20, 1, Instant.EPOCH);
    try (EngineSession session = new DuckDbEngine().open(options)) {
      session.export(Statement.of(sql), FileScan.Format.PARQUET, file, Monitor.NONE);
    }
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i < columns.columns().size(); i++) {
      Column column = columns.columns().get(i);
      fields.add(new Field(i + 1, column.name(), column.type(), List.of()));
    }
    return new Relation.Lake(
        new TableFiles(
            fields,
            List.of(
                new DataFile(
                    name + ".parquet",
                    rows,
                    Files.size(file),
                    fields.stream().map(Field::id).toList(),
                    Map.of(),
                    Map.of()))));
  }
}
