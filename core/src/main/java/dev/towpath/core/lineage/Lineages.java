package dev.towpath.core.lineage;

import dev.towpath.core.check.Checked;
import dev.towpath.core.check.CheckedDashboard;
import dev.towpath.core.check.Checker;
import dev.towpath.core.check.Macros;
import dev.towpath.core.graph.Asset;
import dev.towpath.core.graph.Graph;
import dev.towpath.core.graph.Hash;
import dev.towpath.core.project.Dashboard;
import dev.towpath.core.project.Endpoint;
import dev.towpath.core.project.Project;
import dev.towpath.spi.Column;
import dev.towpath.spi.Lineage;
import dev.towpath.spi.Names;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SqlAnalyzer;
import dev.towpath.spi.TableName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The lineage of a project's queries, found when it is asked for. The analyzer is opened only for
 * what is not in the cache. Thread-safe.
 */
public final class Lineages implements AutoCloseable {
  private final Checked checked;
  private final Project project;
  private final Graph graph;
  private final Supplier<SqlAnalyzer> opener;
  private final LineageCache cache;
  private final String macros;
  private @Nullable SqlAnalyzer analyzer;
  private boolean all;

  /**
   * Lineages of a project that was checked.
   *
   * @param opener opens an analyzer, at most once; it is closed with this
   */
  public Lineages(Checked checked, Supplier<SqlAnalyzer> opener, LineageCache cache) {
    this.checked = checked;
    this.project = checked.project();
    this.graph = checked.graph();
    this.opener = opener;
    this.cache = cache;
    this.macros = Hash.of(statements().toArray(new String[0]));
  }

  private List<String> statements() {
    return project.macros().stream().flatMap(m -> Macros.statements(m).stream()).toList();
  }

  /** The lineage of a model; empty for what is read from outside. */
  public Optional<Lineage> of(Asset asset) {
    return asset.definition() instanceof Asset.FromModel model
        ? Optional.of(
            model.isPython()
                ? python(asset, model, schemas(asset.reads()))
                : KindLineage.of(asset, model, find(List.of(request(asset))).getFirst()))
        : Optional.empty();
  }

  /** The lineage of a model if its inputs had these columns, over which its text binds too. */
  public Lineage over(Asset asset, Map<TableName, Schema> inputs) {
    if (asset.definition() instanceof Asset.FromModel model && model.isPython()) {
      return python(asset, model, inputs);
    }
    Lineage.Request now = request(asset);
    return find(List.of(new Lineage.Request(now.sql(), inputs, now.columns()))).getFirst();
  }

  /** The columns in which two texts of a model differ: {@link SqlAnalyzer#otherColumns}. */
  public Optional<Set<String>> otherColumns(String before, String after) {
    return analyzer().otherColumns(before, after);
  }

  /** The lineage of all models at once. */
  public Map<TableName, Lineage> models() {
    List<Asset> models = new ArrayList<>();
    Map<TableName, Lineage> lineages = new LinkedHashMap<>();
    for (Asset asset : graph.assets()) {
      if (asset.definition() instanceof Asset.FromModel model) {
        if (model.isPython()) {
          lineages.put(asset.name(), python(asset, model, schemas(asset.reads())));
        } else {
          models.add(asset);
        }
      }
    }
    List<Lineage> found = find(models.stream().map(this::request).toList());
    for (int i = 0; i < models.size(); i++) {
      Asset asset = models.get(i);
      Asset.FromModel model = (Asset.FromModel) asset.definition();
      lineages.put(asset.name(), KindLineage.of(asset, model, found.get(i)));
    }
    return lineages;
  }

  /** Nobody looks into Python: each column comes from all that the model asks for. */
  private static Lineage python(Asset asset, Asset.FromModel model, Map<TableName, Schema> inputs) {
    Map<Lineage.Input, Lineage.Use> from = new LinkedHashMap<>();
    new TreeMap<>(inputs)
        .forEach((table, schema) -> {
          List<String> wanted = new ArrayList<>(model.wanted().getOrDefault(table, List.of()));
          if (!wanted.isEmpty()) {
            wanted.addAll(model.drivers().getOrDefault(table, Set.of()));
          }
          List<String> names = wanted.stream().map(Names::identity).toList();
          for (Column column : schema.columns()) {
            if (names.isEmpty() || names.contains(Names.identity(column.name()))) {
              from.put(new Lineage.Input(table, column.name()), Lineage.Use.DERIVED);
            }
          }
        });
    return new Lineage(
        asset.columns().names().stream().map(name -> new Lineage.Output(name, from)).toList(),
        Set.of());
  }

  /** The lineage of everything, with all that reads it. */
  public ColumnGraph columns() {
    Map<TableName, Lineage> models = models();
    List<Reader> readers = new ArrayList<>();
    List<Lineage.Request> requests = new ArrayList<>();
    List<Reader> asking = new ArrayList<>();
    for (Asset asset : graph.assets()) {
      for (Asset.BoundCheck check : asset.checks()) {
        Reader reader = Reader.of(asset, check.check());
        Optional<String> sql = Checker.query(asset.name(), check.check().rule());
        if (sql.isEmpty()) {
          readers.add(reader);
        } else {
          List<TableName> reads = new ArrayList<>(check.reads());
          reads.add(asset.name());
          requests.add(new Lineage.Request(sql.get(), schemas(reads), List.of()));
          asking.add(reader);
        }
      }
    }
    project.tests().forEach(t -> readers.add(Reader.of(t, graph)));
    for (Endpoint endpoint : project.endpoints()) {
      List<TableName> reads = checked.endpointReads().get(endpoint.file());
      if (reads != null) {
        requests.add(new Lineage.Request(endpoint.text(), schemas(reads), List.of()));
        asking.add(Reader.of(endpoint));
      }
    }
    Map<Reader, List<Lineage.Request>> pages = new LinkedHashMap<>();
    for (Dashboard dashboard : project.dashboards()) {
      CheckedDashboard page = checked.dashboards().get(dashboard.file());
      if (page != null) {
        pages.put(
            Reader.of(dashboard),
            page.all().stream()
                .map(q -> new Lineage.Request(q.sql(), schemas(q.reads()), List.of()))
                .toList());
      }
    }
    pages.forEach((reader, asked) -> {
      Set<Lineage.Input> reads = new LinkedHashSet<>();
      find(asked).forEach(lineage -> reads.addAll(lineage.reads()));
      readers.add(reader.reading(reads));
    });
    List<Lineage> found = find(requests);
    for (int i = 0; i < found.size(); i++) {
      readers.add(asking.get(i).reading(found.get(i).reads()));
    }
    all = true;
    return new ColumnGraph(graph, models, readers);
  }

  private Lineage.Request request(Asset asset) {
    Asset.FromModel model = (Asset.FromModel) asset.definition();
    return new Lineage.Request(
        model.model().text(), schemas(asset.reads()), asset.columns().names());
  }

  private Map<TableName, Schema> schemas(Collection<TableName> tables) {
    Map<TableName, Schema> schemas = new HashMap<>();
    for (TableName table : tables) {
      graph.asset(table).ifPresent(a -> schemas.put(a.name(), a.columns()));
    }
    return schemas;
  }

  /** Lineages in order, from the cache where it has them. */
  private List<Lineage> find(List<Lineage.Request> requests) {
    List<Lineage> found = new ArrayList<>(java.util.Collections.nCopies(requests.size(), null));
    List<Integer> missing = new ArrayList<>();
    List<String> keys = requests.stream().map(this::key).toList();
    for (int i = 0; i < requests.size(); i++) {
      Optional<Lineage> known = cache.get(keys.get(i));
      if (known.isPresent()) {
        found.set(i, known.get());
      } else {
        missing.add(i);
      }
    }
    if (!missing.isEmpty()) {
      List<Lineage> fresh = analyzer().lineage(missing.stream().map(requests::get).toList());
      for (int i = 0; i < missing.size(); i++) {
        found.set(missing.get(i), fresh.get(i));
        cache.put(keys.get(missing.get(i)), fresh.get(i));
      }
    }
    return found;
  }

  private String key(Lineage.Request request) {
    Hash hash = new Hash().add(request.sql()).add(macros);
    new TreeMap<>(request.inputs())
        .forEach((name, schema) -> {
          hash.add(name.identity());
          for (Column column : schema.columns()) {
            hash.add(column.name()).add(column.type().sql());
          }
          hash.add("");
        });
    request.columns().forEach(hash::add);
    return hash.hex();
  }

  private synchronized SqlAnalyzer analyzer() {
    SqlAnalyzer open = analyzer;
    if (open == null) {
      open = opener.get();
      for (String statement : statements()) {
        open.declareMacro(statement);
      }
      analyzer = open;
    }
    return open;
  }

  @Override
  public synchronized void close() {
    cache.save(all);
    SqlAnalyzer open = analyzer;
    if (open != null) {
      open.close();
      analyzer = null;
    }
  }
}
