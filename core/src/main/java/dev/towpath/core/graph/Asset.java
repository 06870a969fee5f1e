package dev.towpath.core.graph;

import dev.towpath.core.project.Check;
import dev.towpath.core.project.ColumnDeclaration;
import dev.towpath.core.project.Model;
import dev.towpath.core.project.Seed;
import dev.towpath.core.project.Source;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Names;
import dev.towpath.spi.Schema;
import dev.towpath.spi.TableName;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One table of the project with everything that reading its files can tell.
 *
 * @param columns names and types of its result
 * @param reads tables it reads, sorted, without doubles
 * @param fingerprint of its definition; equal ones make equal tables from equal inputs
 * @param checks rules on its data, with what each reads
 */
public record Asset(
    TableName name,
    Definition definition,
    String file,
    Schema columns,
    List<TableName> reads,
    String fingerprint,
    List<BoundCheck> checks,
    List<String> tags,
    String description) {
  public Asset {
    reads = List.copyOf(reads);
    checks = List.copyOf(checks);
    tags = List.copyOf(tags);
  }

  /** What its file declares. */
  public sealed interface Definition {}

  /** A table that comes from outside. */
  public record FromSource(Source source, Source.Table table) implements Definition {}

  /** A CSV in git. */
  public record FromSeed(Seed seed) implements Definition {}

  /**
   * A query.
   *
   * @param parameters types of the parameters that its text uses
   * @param drivers columns of inputs that are compared with {@code $start} and {@code $end}
   * @param timeDependent whether it, or a view that it reads, calls {@code now()} or the like
   * @param driver the input of which it reads only what came or changed since it last did
   * @param wanted of a Python model: the columns that it asks for, by table; no columns mean all
   * @param modules of a Python model: what it imports besides Python's own library
   */
  public record FromModel(
      Model model,
      Map<String, DataType> parameters,
      Map<TableName, Set<String>> drivers,
      boolean timeDependent,
      Optional<TableName> driver,
      Map<TableName, List<String>> wanted,
      List<String> modules)
      implements Definition {
    public FromModel {
      parameters = Map.copyOf(parameters);
      drivers = Map.copyOf(drivers);
      wanted = Map.copyOf(wanted);
      modules = List.copyOf(modules);
    }

    /** Whether it is Python. */
    public boolean isPython() {
      return model.python().isPresent();
    }

    /** The columns of its query, which are those of its table but for an scd2's own. */
    public Schema queryColumns(Asset asset) {
      List<Column> columns = asset.columns().columns();
      return model.kind() == Model.Kind.SCD2
          ? new Schema(columns.subList(0, columns.size() - 3))
          : asset.columns();
    }
  }

  /**
   * A check with the other tables that it reads.
   *
   * @param reads besides the table itself
   */
  public record BoundCheck(Check check, List<TableName> reads) {
    public BoundCheck {
      reads = List.copyOf(reads);
    }
  }

  /** {@code source}, {@code seed}, or the kind of a model in lower case. */
  public String kind() {
    return switch (definition) {
      case FromSource _ -> "source";
      case FromSeed _ -> "seed";
      case FromModel m -> m.model().kind().name().toLowerCase(Locale.ROOT);
    };
  }

  /** What its file, or the one beside it, says of a column; empty when they say nothing. */
  public String description(String column) {
    List<ColumnDeclaration> declared =
        switch (definition) {
          case FromSource s -> s.table().columns();
          case FromSeed s -> s.seed().columns();
          case FromModel m -> m.model().columns();
        };
    String identity = Names.identity(column);
    return declared.stream()
        .filter(c -> Names.identity(c.name()).equals(identity))
        .flatMap(c -> c.description().stream())
        .findFirst()
        .orElse("");
  }

  /** The text that a table state remembers as its definition. */
  public String text() {
    return switch (definition) {
      case FromSource s -> s.table().fingerprint();
      case FromSeed s -> s.seed().hash();
      case FromModel m -> m.model().text();
    };
  }
}
