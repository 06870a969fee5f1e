package dev.towpath.core.check;

import dev.towpath.core.graph.Hash;
import dev.towpath.spi.DataType;
import dev.towpath.spi.SqlAnalyzer;
import dev.towpath.spi.SqlAnalyzer.Bound;
import dev.towpath.spi.SqlAnalyzer.Mistake;
import dev.towpath.spi.SqlAnalyzer.Parsed;
import dev.towpath.spi.SqlAnalyzer.Query;
import dev.towpath.spi.SqlAnalyzer.Typed;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The analyzer behind its cache. The analyzer is opened, and tables are declared to it, only when
 * something is not in the cache. Thread-safe.
 */
final class Analysis {
  private final Supplier<SqlAnalyzer> opener;
  private final CheckCache cache;
  private final String macros;
  private final Map<String, Future<Boolean>> declared = new ConcurrentHashMap<>();
  private final AtomicInteger hits = new AtomicInteger();
  private final AtomicInteger misses = new AtomicInteger();
  private @Nullable SqlAnalyzer analyzer;

  Analysis(Supplier<SqlAnalyzer> opener, CheckCache cache, List<String> macroStatements) {
    this.opener = opener;
    this.cache = cache;
    this.macros = Hash.of(macroStatements.toArray(new String[0]));
  }

  /** The analyzer, to which {@link Checker} declares the macros before anything is bound. */
  synchronized SqlAnalyzer analyzer() {
    SqlAnalyzer open = analyzer;
    if (open == null) {
      open = opener.get();
      analyzer = open;
    }
    return open;
  }

  int hits() {
    return hits.get();
  }

  int misses() {
    return misses.get();
  }

  String macrosHash() {
    return macros;
  }

  /** Parses all, each text once. */
  Map<String, Parsed> parse(Collection<String> texts) {
    Map<String, Parsed> results = new HashMap<>();
    Map<String, String> keys = new LinkedHashMap<>();
    for (String text : texts) {
      if (!results.containsKey(text) && !keys.containsKey(text)) {
        String key = Hash.of(text);
        cache.query(key).ifPresentOrElse(q -> results.put(text, q), () -> keys.put(text, key));
      }
    }
    if (!keys.isEmpty()) {
      List<String> missing = new ArrayList<>(keys.keySet());
      List<Parsed> parsed = analyzer().parse(missing);
      for (int i = 0; i < missing.size(); i++) {
        results.put(missing.get(i), parsed.get(i));
        if (parsed.get(i) instanceof Query query) {
          cache.put(Objects.requireNonNull(keys.get(missing.get(i))), query);
        }
      }
    }
    return results;
  }

  /** Types a query over nodes whose schemas are known. */
  Bound bind(
      String sql, String canonical, Collection<Node> inputs, Map<String, DataType> parameters) {
    Hash hash = new Hash().add(canonical).add(macros);
    for (Node input : inputs) {
      hash.add(input.name.identity()).add(input.schemaHash());
    }
    new TreeMap<>(parameters).forEach((name, type) -> hash.add(name).add(type.sql()));
    String key = hash.hex();
    Typed known = cache.typed(key).orElse(null);
    if (known != null) {
      hits.incrementAndGet();
      return known;
    }
    misses.incrementAndGet();
    SqlAnalyzer open = analyzer();
    for (Node input : inputs) {
      declare(open, input);
    }
    Bound bound = open.bind(sql, parameters);
    switch (bound) {
      case Typed typed -> cache.put(key, typed);
      case Mistake _ -> { // mistakes carry offsets of this very text, so they are not kept
      }
    }
    return bound;
  }

  private void declare(SqlAnalyzer open, Node input) {
    FutureTask<Boolean> task =
        new FutureTask<>(
            () -> open.declare(input.name, Objects.requireNonNull(input.schema)), true);
    Future<Boolean> first = declared.putIfAbsent(input.name.identity(), task);
    if (first == null) {
      task.run();
      first = task;
    }
    try {
      first.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new dev.towpath.spi.CancelledException();
    } catch (java.util.concurrent.ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    }
  }

  synchronized void close() {
    SqlAnalyzer open = analyzer;
    if (open != null) {
      open.close();
      analyzer = null;
    }
  }
}
