package dev.towpath.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.towpath.core.release.Restoration;
import dev.towpath.core.store.LakeOwner;
import dev.towpath.core.store.LakeView;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.core.store.Release;
import dev.towpath.core.store.RunRecord;
import dev.towpath.core.store.TableState;
import dev.towpath.metadata.LakeModel.Content;
import dev.towpath.metadata.LakeModel.Expected;
import dev.towpath.metadata.LakeModel.Kept;
import dev.towpath.metadata.LakeModel.Line;
import dev.towpath.metadata.LakeModel.LiveRun;
import dev.towpath.metadata.LakeModel.Staging;
import dev.towpath.spi.ObjectStore.Stat;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Compares the store and the lake with the model. */
final class Verifier {
  private final World world;
  private final LakeModel model;
  private final Map<String, RunRecord> expectedRuns = new TreeMap<>();
  private final Map<String, List<Line>> ghosts = new HashMap<>();

  Verifier(World world) {
    this.world = world;
    this.model = world.model;
  }

  /** A run that the store knows, and where it stands. */
  void expect(String run, String environment, RunRecord.State state) {
    RunRecord plain = Fixtures.run(run, environment);
    expectedRuns.put(
        run,
        new RunRecord(
            run,
            environment,
            state,
            plain.started(),
            plain.finished(),
            plain.logicalTime(),
            plain.selection(),
            plain.release(),
            plain.message()));
  }

  void forgetRuns(String environment) {
    expectedRuns.values().removeIf(run -> run.environment().equals(environment));
  }

  /** A dropped environment that the lake may not know to be dropped. */
  void ghost(String environment, Line line) {
    ghosts.computeIfAbsent(environment, e -> new ArrayList<>()).add(line);
  }

  Set<String> paths() {
    return world.disk.list("").map(Stat::path).collect(Collectors.toCollection(TreeSet::new));
  }

  /** Every file is there and holds what was written. */
  void files(Map<String, String> files) {
    files.forEach((path, content) -> {
      assertThat(world.disk.stat(path)).as("%s is needed", path).isPresent();
      if (!new String(world.disk.read(path), StandardCharsets.UTF_8).equals(content)) {
        fail(path + " holds something else");
      }
    });
  }

  /** Everything that can be asked, of one process. */
  void all(World.Worker process) {
    MetadataStore store = process.store;
    assertThat(store.environments()).containsExactlyElementsOf(model.lines.keySet());
    model.lines.forEach((name, line) -> line(store, name, line));
    files(model.needed());
    for (LiveRun run : model.runs.values()) {
      run.halfWritten.forEach(path -> assertThat(world.disk.stat(path)).isPresent());
      run.tables.values().forEach(id -> files(model.states.get(id).files()));
    }
    assertThat(stagings()).isEqualTo(new HashSet<>(model.stagings));
    runs(store);
  }

  private void line(MetadataStore store, String name, Line line) {
    assertThat(store.head(name).number()).as("head of %s", name).isEqualTo(line.head());
    assertThat(store.bases(name)).as("bases of %s", name).isEqualTo(line.bases);
    assertThat(store.releases(name, Integer.MAX_VALUE))
        .containsExactlyElementsOf(
            line.kept.descendingMap().values().stream().map(Kept::release).toList());
    for (Kept kept : line.kept.values()) {
      LakeView view = store.view(name, kept.release().number());
      assertThat(view.release()).isEqualTo(kept.release());
      assertThat(view.tables()).as("tables of %s", kept).isEqualTo(states(kept.content()));
    }
    for (long number = 1; number <= line.head(); number++) {
      if (!line.kept.containsKey(number)) {
        long gone = number;
        org.assertj.core.api.Assertions.assertThatExceptionOfType(TowpathException.class)
            .isThrownBy(() -> store.view(name, gone));
        break;
      }
    }
  }

  private Map<TableName, TableState> states(Content content) {
    Map<TableName, TableState> states = new HashMap<>();
    content.tables().forEach((table, id) -> states.put(table, model.states.get(id).state()));
    return states;
  }

  private void runs(MetadataStore store) {
    Map<String, RunRecord> found = new HashMap<>();
    for (String environment : List.of("dev", "feat", "prod")) {
      store.runs(environment, Integer.MAX_VALUE).forEach(run -> found.put(run.id(), run));
    }
    for (RunRecord run : expectedRuns.values()) {
      boolean died = run.state() == RunRecord.State.RUNNING && !model.runs.containsKey(run.id());
      assertThat(found).containsKey(run.id());
      assertThat(found.get(run.id()).state())
          .as("state of run %s", run.id())
          .isEqualTo(died ? RunRecord.State.FAILED : run.state());
    }
  }

  boolean isStaged(Staging staging) {
    return stagings().contains(staging);
  }

  private Set<Staging> stagings() {
    return new HashSet<>(
        query(
            "SELECT key, run, state, at FROM staged",
            row ->
                new Staging(
                    row.getString(1),
                    row.getString(2),
                    row.getString(3),
                    Sql.instant(row.getLong(4)))));
  }

  private <T> List<T> query(String sql, Sql.Row<T> row) {
    return world.worker(0).database.read(link -> Sql.list(link, sql, row));
  }

  /**
   * After a gc of unknown outcome: either all is forgotten or nothing, which a check then tells.
   */
  void adopt(World.Worker process, Expected expected) {
    boolean forgotten =
        stagings().equals(new HashSet<>(expected.stagings()))
            && model.lines.keySet().stream()
                .allMatch(name -> numbers(process, name).equals(expected.releases().get(name)));
    if (forgotten) {
      model.apply(expected);
    }
  }

  private static Set<Long> numbers(World.Worker process, String environment) {
    return process.store.releases(environment, Integer.MAX_VALUE).stream()
        .map(Release::number)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The database is lost; what the lake tells must be what was, or one attempted release more. */
  void lose() {
    if (!paths().contains(LakeOwner.PATH)) {
      return;
    }
    world.loseDatabase();
    World.Worker process = world.worker(0);
    Restoration restoration = process.releases.restore();
    world.log.add("lost the database, restored " + restoration);
    assertThat(restoration.problems()).isEmpty();
    Map<String, Line> before = new TreeMap<>(model.lines);
    model.lines.clear();
    model.stagings.clear();
    model.recorded.clear();
    expectedRuns.clear();
    for (String environment : process.store.environments()) {
      Line old = before.getOrDefault(environment, new Line());
      if (old.head() == 0) {
        restoredOther(process, environment);
      } else {
        restoredSame(process, environment, old);
      }
    }
    before.forEach((name, line) -> {
      if (line.head() > 0) {
        assertThat(model.lines).containsKey(name);
      }
    });
    ghosts.clear();
    query("SELECT id, manifest FROM state", row -> Map.entry(row.getString(1), row.getString(2)))
        .forEach(e -> model.recorded.put(e.getKey(), e.getValue()));
    all(process);
  }

  private void restoredSame(World.Worker process, String environment, Line old) {
    Release head = process.store.head(environment);
    assertThat(head.number()).isBetween(old.head(), old.head() + 1);
    Line line = adopt(process, environment);
    for (long n = old.head(); old.kept.containsKey(n); n--) {
      assertThat(line.kept).as("restored releases of %s", environment).containsKey(n);
      assertThat(line.kept.get(n)).isEqualTo(old.kept.get(n));
    }
  }

  /** One that had no release, or that was dropped: an attempt, or what was dropped. */
  private void restoredOther(World.Worker process, String environment) {
    Release head = process.store.head(environment);
    boolean ghost =
        ghosts.getOrDefault(environment, List.of()).stream()
            .anyMatch(
                line -> line.head() > 0 && line.kept.lastEntry().getValue().release().equals(head));
    assertThat(ghost || head.number() == 1).as("%s of %s came back", head, environment).isTrue();
    adopt(process, environment);
  }

  /** Takes over restored releases, each of which must hold what it was to hold. */
  private Line adopt(World.Worker process, String environment) {
    Line line = new Line();
    for (Release release : process.store.releases(environment, Integer.MAX_VALUE)) {
      Content content = model.attempts.get(release.published());
      assertThat(content).as("%s was published once", release).isNotNull();
      assertThat(content.environment()).isEqualTo(environment);
      line.kept.put(release.number(), new Kept(release, content));
    }
    line.bases.putAll(line.kept.lastEntry().getValue().content().bases());
    model.lines.put(environment, line);
    return line;
  }
}
