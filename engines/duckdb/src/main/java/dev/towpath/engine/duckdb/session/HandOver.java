package dev.towpath.engine.duckdb.session;

import dev.towpath.engine.duckdb.session.Connections.Job;
import dev.towpath.engine.duckdb.session.Queries.Wrapped;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataFile;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Field;
import dev.towpath.spi.HandedType;
import dev.towpath.spi.Names;
import dev.towpath.spi.Relation;
import dev.towpath.spi.Schema;
import dev.towpath.spi.StoredType;
import dev.towpath.spi.TableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Gives a relation to another program as Parquet files: its own where they will do. */
final class HandOver {
  private final Path root;
  private final Job job;

  HandOver(Path root, Job job) {
    this.root = root;
    this.job = job;
  }

  List<Path> files(Relation relation, Schema columns, Path copy) throws java.sql.SQLException {
    if (relation instanceof Relation.Lake lake && isAsItIs(lake.files(), columns)) {
      return lake.files().files().stream().map(f -> root.resolve(f.path())).toList();
    }
    String list =
        columns.columns().stream()
            .map(c ->
                Conversion.cast(Names.quote(c.name()), HandedType.of(c.type()))
                    + " AS "
                    + Names.quote(c.name()))
            .collect(Collectors.joining(", "));
    try {
      Files.createDirectories(copy.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw new dev.towpath.spi.TowpathException("cannot write " + copy, null, e);
    }
    Wrapped.of(
            new Exposure(root, job::prepare).select(relation),
            "COPY (SELECT " + list + " FROM (",
            "\n)) TO " + Literals.path(copy) + " (FORMAT parquet, COMPRESSION snappy)")
        .execute(job);
    return List.of(copy);
  }

  private static boolean isAsItIs(TableFiles table, Schema columns) {
    if (table.files().isEmpty()) {
      return false;
    }
    Set<Integer> ids = new java.util.HashSet<>();
    for (Column column : columns.columns()) {
      Optional<Field> field =
          table.fields().stream()
              .filter(f -> f.name().equals(column.name()) && f.type().equals(column.type()))
              .findFirst();
      if (field.isEmpty() || !isPlain(column.type())) {
        return false;
      }
      ids.add(field.get().id());
    }
    for (DataFile file : table.files()) {
      if (file.deletes().isPresent()
          || !file.fieldIds().containsAll(ids)
          || !Layout.isCurrent(file, table.fields())) {
        return false;
      }
    }
    return true;
  }

  /** Whether the lake stores a type in the way that it is handed over. */
  private static boolean isPlain(DataType type) {
    return type.equals(HandedType.of(type)) && type.equals(StoredType.of(type));
  }
}
