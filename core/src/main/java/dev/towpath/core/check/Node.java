package dev.towpath.core.check;

import dev.towpath.core.graph.Asset;
import dev.towpath.core.graph.Hash;
import dev.towpath.core.project.Check;
import dev.towpath.core.project.Model;
import dev.towpath.core.project.Seed;
import dev.towpath.core.project.Source;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Location;
import dev.towpath.spi.PythonParser;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SqlAnalyzer.Query;
import dev.towpath.spi.TableName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A table while it is being checked. Written by one thread at a time, in dependency order. */
final class Node {
  final TableName name;
  final String file;
  final Object declared;
  final List<Check> checks;
  final Location location;

  /** What its file says, once that is known to be sound: SQL or Python. */
  @Nullable Query query;

  PythonChecks.@Nullable Sound python;

  /** What its file says, sound or not. */
  PythonParser.@Nullable Parsed parsed;

  final TreeSet<TableName> reads = new TreeSet<>();
  @Nullable Schema schema;
  Map<String, DataType> parameters = Map.of();
  final Map<TableName, Set<String>> drivers = new TreeMap<>();
  boolean timeDependent;
  Optional<TableName> driver = Optional.empty();
  String fingerprint = "";
  private @Nullable String schemaHash;

  private Node(
      TableName name, String file, Object declared, List<Check> checks, Location location) {
    this.name = name;
    this.file = file;
    this.declared = declared;
    this.checks = checks;
    this.location = location;
  }

  static Node of(Source.Table table) {
    Location at = table.declaration().location();
    return new Node(table.declaration().name(), at.file(), table, table.checks(), at);
  }

  static Node of(Seed seed) {
    return new Node(seed.name(), seed.file(), seed, seed.checks(), Location.of(seed.file()));
  }

  static Node of(Model model) {
    return new Node(
        model.name(), model.file(), model, model.checks(), new Location(model.file(), 1, 1));
  }

  Optional<Model> model() {
    return declared instanceof Model m ? Optional.of(m) : Optional.empty();
  }

  /** Whether its file was understood, and all tables that it reads are there. */
  boolean isResolved() {
    return query != null || python != null;
  }

  boolean isView() {
    return declared instanceof Model m && m.kind() == Model.Kind.VIEW;
  }

  /** What it is, as selections say it. */
  String kind() {
    return switch (declared) {
      case Source.Table _ -> "source";
      case Seed _ -> "seed";
      case Model m -> m.kind().name().toLowerCase(java.util.Locale.ROOT);
      default -> throw new IllegalStateException("no table is declared by " + declared);
    };
  }

  /** The words to select it by; a table of a source has those of its source, too. */
  List<String> tags() {
    return switch (declared) {
      case Source.Table t -> t.tags();
      case Seed s -> s.tags();
      case Model m -> m.tags();
      default -> List.of();
    };
  }

  /** Hash of names and types; the schema must be known. */
  String schemaHash() {
    String known = schemaHash;
    if (known == null) {
      Hash hash = new Hash();
      for (Column column : java.util.Objects.requireNonNull(schema).columns()) {
        hash.add(column.name()).add(column.type().sql());
      }
      known = hash.hex();
      schemaHash = known;
    }
    return known;
  }

  Asset asset(Map<TableName, Source> sources, List<Asset.BoundCheck> boundChecks) {
    Schema columns = java.util.Objects.requireNonNull(schema);
    return switch (declared) {
      case Source.Table t -> {
        Source source = java.util.Objects.requireNonNull(sources.get(name));
        List<String> tags =
            java.util.stream.Stream.concat(source.tags().stream(), t.tags().stream())
                .distinct()
                .toList();
        yield new Asset(
            name,
            new Asset.FromSource(source, t),
            file,
            columns,
            List.of(),
            fingerprint,
            boundChecks,
            tags,
            t.description().orElse(""));
      }
      case Seed s ->
          new Asset(
              name,
              new Asset.FromSeed(s),
              file,
              columns,
              List.of(),
              fingerprint,
              boundChecks,
              s.tags(),
              s.description().orElse(""));
      case Model m ->
          new Asset(
              name,
              new Asset.FromModel(
                  m,
                  parameters,
                  drivers,
                  timeDependent,
                  driver,
                  python == null ? Map.of() : python.columns(),
                  python == null ? List.of() : python.parsed().modules()),
              file,
              columns,
              List.copyOf(reads),
              fingerprint,
              boundChecks,
              m.tags(),
              m.description().orElse(""));
      default -> throw new IllegalStateException("no asset is declared by " + declared);
    };
  }
}
