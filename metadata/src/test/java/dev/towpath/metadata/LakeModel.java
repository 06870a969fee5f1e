package dev.towpath.metadata;

import dev.towpath.core.store.HeadFile;
import dev.towpath.core.store.LakeOwner;
import dev.towpath.core.store.Release;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.ObjectStore.Stat;
import dev.towpath.spi.TableName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a lake and its store should hold, kept in plain maps: the oracle. It knows the rules of
 * DESIGN.md and nothing of SQL.
 */
final class LakeModel {
  private static final Duration SKEW = Duration.ofMinutes(5);

  final Map<String, Line> lines = new TreeMap<>();
  final Map<String, Built> states = new HashMap<>();
  final List<Staging> stagings = new ArrayList<>();
  final Map<String, LiveRun> runs = new TreeMap<>();
  final List<Reader> readers = new ArrayList<>();

  /** Manifest that records a published state. */
  final Map<String, String> recorded = new HashMap<>();

  /** Every release that was ever attempted, by the moment of its publishing, committed or not. */
  final Map<Instant, Content> attempts = new HashMap<>();

  /** What a release holds. */
  record Content(String environment, Map<TableName, String> tables, Map<TableName, String> bases) {
    Content {
      tables = Map.copyOf(tables);
      bases = Map.copyOf(bases);
    }
  }

  /** A release that the store keeps. */
  record Kept(Release release, Content content) {}

  /** An environment's releases. */
  static final class Line {
    final TreeMap<Long, Kept> kept = new TreeMap<>();
    final Map<TableName, String> bases = new TreeMap<>();

    long head() {
      return kept.isEmpty() ? 0 : kept.lastKey();
    }

    long effective() {
      return kept.isEmpty() ? 0 : kept.lastEntry().getValue().release().effective();
    }

    Map<TableName, String> tables() {
      return kept.isEmpty() ? Map.of() : kept.lastEntry().getValue().content().tables();
    }
  }

  /** A state and every file it needs, with what is in them. */
  record Built(TableState state, Map<String, String> files) {}

  /** A staged state. */
  record Staging(String key, String run, String state, Instant at) {}

  /** A run that is alive. */
  static final class LiveRun {
    final String id;
    final String environment;
    final int process;
    final long pin;
    final Instant since;
    final List<String> halfWritten = new ArrayList<>();
    final Map<TableName, String> staged = new TreeMap<>();
    long base;
    Map<TableName, String> tables;
    AutoCloseable hold = () -> {};

    LiveRun(String id, String environment, int process, Line line, Instant since) {
      this.id = id;
      this.environment = environment;
      this.process = process;
      this.pin = line.head();
      this.since = since;
      this.base = pin;
      this.tables = line.tables();
    }
  }

  /** A reader that is alive. */
  record Reader(String environment, long release, int process, AutoCloseable hold) {}

  Line line(String environment) {
    return lines.getOrDefault(environment, new Line());
  }

  /** Takes in a release that has been published. */
  void commit(Release release) {
    Content content = attempts.get(release.published());
    Line line = lines.computeIfAbsent(release.environment(), e -> new Line());
    line.kept.put(release.number(), new Kept(release, content));
    line.bases.clear();
    line.bases.putAll(content.bases());
    for (String state : content.tables().values()) {
      recorded.putIfAbsent(state, release.manifest());
    }
  }

  /** The staging that a run would find under a key. */
  Optional<Staging> find(String key) {
    return stagings.stream()
        .filter(s -> s.key().equals(key))
        .max(
            Comparator.comparing(Staging::at)
                .thenComparing(Staging::run, Comparator.reverseOrder()));
  }

  void stage(Staging staging) {
    stagings.removeIf(s -> s.key().equals(staging.key()) && s.run().equals(staging.run()));
    stagings.add(staging);
  }

  /** Whether somebody alive uses an environment. */
  boolean inUse(String environment) {
    return runs.values().stream().anyMatch(r -> r.environment.equals(environment))
        || readers.stream().anyMatch(r -> r.environment().equals(environment));
  }

  /** Everything a process held is gone. */
  void die(int process) {
    runs.values().removeIf(run -> run.process == process);
    readers.removeIf(reader -> reader.process() == process);
  }

  /** What gc should forget and keep. */
  record Expected(
      Map<String, Set<Long>> releases, List<Staging> stagings, Set<String> states, Instant limit) {}

  Expected expire(int keep, Instant young) {
    Map<String, Set<Long>> releases = new TreeMap<>();
    Set<String> states = new HashSet<>();
    lines.forEach((name, line) -> {
      Set<Long> numbers = new TreeSet<>();
      for (Kept kept : line.kept.values()) {
        long number = kept.release().number();
        boolean used =
            number > line.head() - Math.max(1, keep)
                || readers.stream()
                    .anyMatch(r -> r.environment().equals(name) && r.release() == number)
                || runs.values().stream()
                    .anyMatch(r -> r.environment.equals(name) && number >= r.pin);
        if (used) {
          numbers.add(number);
          states.addAll(kept.content().tables().values());
        }
      }
      releases.put(name, numbers);
    });
    for (Staging staging : stagings) {
      if (runs.containsKey(staging.run()) || !staging.at().isBefore(young)) {
        states.add(staging.state());
      }
    }
    List<Staging> left = stagings.stream().filter(s -> states.contains(s.state())).toList();
    Instant limit =
        runs.values().stream()
            .map(run -> run.since.minus(SKEW))
            .min(Comparator.naturalOrder())
            .filter(since -> since.isBefore(young))
            .orElse(young);
    return new Expected(releases, left, states, limit);
  }

  void apply(Expected expected) {
    lines.forEach((name, line) -> line.kept.keySet().retainAll(expected.releases().get(name)));
    stagings.retainAll(expected.stagings());
  }

  /** The files that gc should remove. */
  Set<String> garbage(Expected expected, Collection<Stat> files) {
    Set<String> needed = new HashSet<>(Set.of(LakeOwner.PATH));
    expected.states().forEach(id -> needed.addAll(states.get(id).files().keySet()));
    lines.forEach((name, line) -> {
      needed.add(HeadFile.path(name));
      expected
          .releases()
          .get(name)
          .forEach(number -> needed.add(line.kept.get(number).release().manifest()));
    });
    expected.states().stream()
        .filter(recorded::containsKey)
        .map(recorded::get)
        .forEach(needed::add);
    Set<String> garbage = new TreeSet<>();
    for (Stat file : files) {
      String path = file.path();
      boolean mark =
          HeadFile.isHead(path)
              && files.stream()
                  .anyMatch(f ->
                      !f.path().equals(path) && f.path().startsWith(path.replace("head.json", "")));
      if (!needed.contains(path) && !mark && file.modified().isBefore(expected.limit())) {
        garbage.add(path);
      }
    }
    return garbage;
  }

  /** Every file that must be there now, with its content. */
  Map<String, String> needed() {
    Map<String, String> files = new HashMap<>();
    lines
        .values()
        .forEach(line ->
            line.kept
                .values()
                .forEach(kept ->
                    kept.content()
                        .tables()
                        .values()
                        .forEach(id -> files.putAll(states.get(id).files()))));
    stagings.forEach(staging -> files.putAll(states.get(staging.state()).files()));
    return files;
  }
}
