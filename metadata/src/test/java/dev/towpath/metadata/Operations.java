package dev.towpath.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.core.release.GcReport;
import dev.towpath.core.release.Promotion;
import dev.towpath.core.store.HeadFile;
import dev.towpath.core.store.MetadataStore.Hold;
import dev.towpath.core.store.Publication;
import dev.towpath.core.store.Publication.HeadMoved;
import dev.towpath.core.store.Publication.Outcome;
import dev.towpath.core.store.Publication.Published;
import dev.towpath.core.store.Release;
import dev.towpath.core.store.RunRecord;
import dev.towpath.core.store.TableState;
import dev.towpath.metadata.LakeModel.Built;
import dev.towpath.metadata.LakeModel.Content;
import dev.towpath.metadata.LakeModel.Expected;
import dev.towpath.metadata.LakeModel.Kept;
import dev.towpath.metadata.LakeModel.Line;
import dev.towpath.metadata.LakeModel.LiveRun;
import dev.towpath.metadata.LakeModel.Reader;
import dev.towpath.metadata.LakeModel.Staging;
import dev.towpath.spi.ObjectStore;
import dev.towpath.spi.TableName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What processes do, each done for real and in the model, and compared. Before each call {@link
 * #doubt} is set to what finds out how it ended, should it be struck by a fault.
 */
final class Operations {
  private static final List<String> ENVIRONMENTS = List.of("dev", "feat", "prod");
  private static final List<TableName> TABLES =
      List.of("a.t0", "a.t1", "b.t2", "b.t3").stream().map(TableName::parse).toList();

  private final World world;
  private final LakeModel model;
  private final Verifier verifier;

  /** Finds out how the last call ended, with the process that looks. */
  private Doubt doubt = p -> {};

  /** Whether a failure in the last call leaves holds behind, so that its process must end. */
  private boolean leaks;

  Operations(World world, Verifier verifier) {
    this.world = world;
    this.model = world.model;
    this.verifier = verifier;
  }

  private interface Doubt {
    void resolve(World.Worker process);
  }

  /** One random operation by one random process, which a fault may strike. */
  void step() {
    world.advance();
    int index = world.random.nextInt(World.PROCESSES);
    World.Worker process = world.worker(index);
    doubt = p -> {};
    leaks = false;
    boolean armed = world.chance(12);
    process.faults.arm(armed ? 1 + world.random.nextInt(30) : -1, world.chance(60));
    try {
      operate(index, process);
    } catch (Faults.Crash e) {
      world.log.add("  crash");
      world.kill(index);
      doubt.resolve(world.worker(index));
      verifier.all(world.worker(index));
    } catch (dev.towpath.spi.TowpathException e) {
      if (!process.faults.disarm()) {
        throw e;
      }
      world.log.add("  failure");
      if (leaks) {
        world.kill(index);
      }
      doubt.resolve(world.worker(index));
    } finally {
      process.faults.disarm();
    }
  }

  private void operate(int index, World.Worker process) {
    int dice = world.random.nextInt(101);
    if (dice < 14) {
      begin(index, process);
    } else if (dice < 38) {
      withRun(index, run -> build(process, run));
    } else if (dice < 46) {
      withRun(index, run -> reuse(process, run));
    } else if (dice < 62) {
      withRun(index, run -> publish(process, run));
    } else if (dice < 65) {
      withRun(index, run -> fail(process, run));
    } else if (dice < 71) {
      rollback(index, process);
    } else if (dice < 76) {
      promote(index, process);
    } else if (dice < 80) {
      create(index, process);
    } else if (dice < 82) {
      drop(index, process);
    } else if (dice < 85) {
      read(index, process);
    } else if (dice < 87) {
      stopReading(index, process);
    } else if (dice < 96) {
      collect(process);
    } else if (dice < 97) {
      world.log.add("restart " + index);
      process.faults.disarm();
      world.restart(index);
    } else if (dice < 98) {
      world.log.add("kill " + index);
      world.kill(index);
    } else if (dice < 100) {
      process.faults.disarm(); // asking what cannot be there must fail as it should, not by a fault
      verifier.all(process);
    } else {
      process.faults.disarm();
      verifier.lose();
    }
  }

  private interface WithRun {
    void act(LiveRun run);
  }

  private void withRun(int index, WithRun action) {
    List<LiveRun> own = model.runs.values().stream().filter(r -> r.process == index).toList();
    if (!own.isEmpty()) {
      action.act(world.pick(own));
    }
  }

  private void begin(int index, World.Worker process) {
    String environment = world.pick(ENVIRONMENTS);
    LiveRun run =
        new LiveRun(world.id("r"), environment, index, model.line(environment), world.now());
    world.log.add("begin " + run.id + " in " + environment);
    run.hold = process.store.begin(Fixtures.run(run.id, environment));
    model.runs.put(run.id, run);
    verifier.expect(run.id, environment, RunRecord.State.RUNNING);
  }

  /** Writes files and stages a state that shares some files with the one it is based on. */
  private void build(World.Worker process, LiveRun run) {
    TableName table = world.pick(TABLES);
    String id = world.id("s");
    String base = run.tables.get(table);
    Map<String, String> files = new TreeMap<>();
    if (base != null) {
      model
          .states
          .get(base)
          .files()
          .forEach((path, content) -> {
            if (path.contains("/data/") && world.chance(60)) {
              files.put(path, content);
            }
          });
    }
    ObjectStore objects = process.objects;
    String data = "tables/" + table + "/data/" + id + ".parquet";
    world.log.add("build " + id + " of " + table + " by " + run.id + " sharing " + files.keySet());
    objects.write(data, bytes("rows of " + id));
    run.halfWritten.add(data);
    if (world.chance(10)) {
      return; // and it goes no further
    }
    files.put(data, "rows of " + id);
    byte[] metadata = FakeLake.metadata(List.copyOf(files.keySet()));
    boolean view = world.chance(5);
    String metadataFile = "tables/" + table + "/metadata/" + id + ".json";
    Optional<String> source = Optional.empty();
    if (view) {
      files.clear();
    } else {
      objects.write(metadataFile, metadata);
      files.put(metadataFile, new String(metadata, StandardCharsets.UTF_8));
    }
    if (world.chance(30)) {
      String ledger = "sources/" + table + "/" + id + ".json";
      source = Optional.of(ledger);
      objects.write(ledger, bytes(ledger));
      files.put(ledger, ledger);
    }
    String version =
        base != null && world.chance(20) ? model.states.get(base).state().version() : id;
    TableState state =
        Fixtures.state(
            id,
            version,
            table,
            view ? Optional.empty() : Optional.of(metadataFile),
            source,
            "f" + world.random.nextInt(3));
    model.states.put(id, new Built(state, Map.copyOf(files)));
    Staging staging = new Staging(table + "/" + world.random.nextInt(3), run.id, id, world.now());
    doubt =
        p -> {
          if (verifier.isStaged(staging)) {
            model.stage(staging);
            LiveRun alive = model.runs.get(run.id);
            if (alive != null) {
              alive.staged.put(table, id);
            }
          }
        };
    process.store.stage(run.id, staging.key(), state);
    model.stage(staging);
    run.staged.put(table, id);
  }

  private void reuse(World.Worker process, LiveRun run) {
    TableName table = world.pick(TABLES);
    String key = table + "/" + world.random.nextInt(3);
    Optional<Staging> found = model.find(key);
    world.log.add("reuse " + key + " by " + run.id + ": " + found);
    Optional<Staging> staging = found.map(f -> new Staging(key, run.id, f.state(), world.now()));
    doubt =
        p -> {
          if (staging.isPresent() && verifier.isStaged(staging.get())) {
            model.stage(staging.get());
          }
        };
    assertThat(process.store.staged(run.id, key))
        .isEqualTo(found.map(f -> model.states.get(f.state()).state()));
    if (staging.isPresent()) {
      model.stage(staging.get());
      run.staged.put(table, staging.get().state());
      verifier.files(model.states.get(staging.get().state()).files());
    }
  }

  private void publish(World.Worker process, LiveRun run) {
    Line line = model.line(run.environment);
    Map<TableName, String> writes = new TreeMap<>();
    run.staged.forEach((table, state) -> {
      if (world.chance(85)) {
        writes.put(table, state);
      }
    });
    Set<TableName> removes = new HashSet<>();
    if (world.chance(10)) {
      removes.add(world.pick(TABLES));
      removes.removeAll(writes.keySet());
    }
    world.log.add("publish " + run.id + " at " + run.base + " " + writes + " - " + removes);
    Publication publication =
        new Publication(
            run.environment,
            run.base,
            Release.Kind.RUN,
            writes.values().stream().map(s -> model.states.get(s).state()).toList(),
            removes,
            OptionalLong.empty(),
            Optional.empty(),
            Optional.of(run.id),
            "",
            world.now());
    Content content = content(run.environment, line, writes, removes, line.bases);
    attempt(run.environment, content, release -> ended(run, RunRecord.State.SUCCESS));
    Outcome outcome = process.store.publish(publication);
    if (run.base != line.head()) {
      assertThat(outcome).isEqualTo(new HeadMoved(line.head()));
      run.base = line.head();
      run.tables = line.tables();
      return;
    }
    Map<TableName, String> before = line.tables();
    Release release = ((Published) outcome).release();
    assertThat(release.number()).isEqualTo(line.head() + 1);
    assertThat(release.effective()).isEqualTo(release.number());
    assertThat(release.tables()).isEqualTo(content.tables().size());
    assertThat(release.changed()).isEqualTo(changes(before, content.tables()));
    process.faults.disarm();
    model.commit(release);
    close(run.hold);
    ended(run, RunRecord.State.SUCCESS);
  }

  private void ended(LiveRun run, RunRecord.State state) {
    model.runs.remove(run.id);
    verifier.expect(run.id, run.environment, state);
  }

  private void fail(World.Worker process, LiveRun run) {
    world.log.add("fail " + run.id);
    process.store.finish(run.id, RunRecord.State.FAILED, Optional.of("no"), world.now());
    process.faults.disarm();
    close(run.hold);
    ended(run, RunRecord.State.FAILED);
  }

  private void rollback(int index, World.Worker process) {
    String environment = world.pick(ENVIRONMENTS);
    Line line = model.line(environment);
    OptionalLong to =
        world.chance(50)
            ? OptionalLong.empty()
            : OptionalLong.of(world.random.nextLong(line.head() + 2));
    long target = to.orElse(line.effective() - 1);
    world.log.add("rollback " + environment + " to " + target);
    Kept wanted = line.kept.get(target);
    boolean refused = wanted == null || wanted.release().effective() == line.effective();
    leaks = true;
    if (!refused) {
      Content content = new Content(environment, wanted.content().tables(), line.bases);
      attempt(environment, content, release -> {});
    }
    List<Release> done = new ArrayList<>();
    boolean refuses =
        world.refuses(
            index, () -> done.add(process.releases.rollback(environment, to, world.now())));
    assertThat(refuses).isEqualTo(refused);
    if (!refused) {
      Release release = done.getFirst();
      assertThat(release.effective()).isEqualTo(wanted.release().effective());
      assertThat(release.number()).isEqualTo(line.head() + 1);
      model.commit(release);
    }
  }

  private void promote(int index, World.Worker process) {
    String from = world.pick(ENVIRONMENTS);
    String into = world.pick(ENVIRONMENTS);
    Line source = model.line(from);
    Line target = model.line(into);
    Map<TableName, String> writes = new TreeMap<>();
    Set<TableName> removes = new TreeSet<>();
    Set<TableName> rebuild = new TreeSet<>();
    for (TableName table : TABLES) {
      TableState tested = state(source, table);
      TableState present = state(target, table);
      String old = source.bases.get(table);
      boolean here = tested != null || old != null;
      String was = tested == null ? null : tested.fingerprint();
      String is = present == null ? null : present.fingerprint();
      if (!here || java.util.Objects.equals(was, is)) {
        continue;
      }
      if (!java.util.Objects.equals(present == null ? null : present.version(), old)) {
        rebuild.add(table);
      } else if (tested == null) {
        removes.add(table);
      } else {
        writes.put(table, tested.id());
      }
    }
    world.log.add("promote " + from + " into " + into + " " + writes + " - " + removes);
    boolean refused = from.equals(into) || source.head() == 0;
    boolean publishes = !refused && !(writes.isEmpty() && removes.isEmpty());
    leaks = true;
    if (publishes) {
      Content content = content(into, target, writes, removes, target.bases);
      attempt(into, content, release -> agree(source, writes, removes));
    }
    List<Promotion> done = new ArrayList<>();
    boolean refuses =
        world.refuses(index, () -> done.add(process.releases.promote(from, into, world.now())));
    assertThat(refuses).isEqualTo(refused);
    if (!refused) {
      Promotion promotion = done.getFirst();
      assertThat(promotion.rebuild()).containsExactlyElementsOf(rebuild);
      assertThat(promotion.promoted()).containsExactlyInAnyOrderElementsOf(writes.keySet());
      assertThat(promotion.removed()).containsExactlyInAnyOrderElementsOf(removes);
      assertThat(promotion.release().isPresent()).isEqualTo(publishes);
      promotion.release().ifPresent(model::commit);
      if (publishes) {
        agree(source, writes, removes);
      }
    }
  }

  private TableState state(Line line, TableName table) {
    String id = line.tables().get(table);
    return id == null ? null : model.states.get(id).state();
  }

  private void agree(Line source, Map<TableName, String> writes, Set<TableName> removes) {
    writes.forEach(
        (table, state) -> source.bases.put(table, model.states.get(state).state().version()));
    removes.forEach(source.bases::remove);
  }

  private void create(int index, World.Worker process) {
    String name = world.pick(ENVIRONMENTS);
    Optional<String> from =
        world.chance(80) ? Optional.of(world.pick(ENVIRONMENTS)) : Optional.empty();
    world.log.add("create " + name + " from " + from);
    boolean refused =
        model.lines.containsKey(name) || from.filter(f -> !model.lines.containsKey(f)).isPresent();
    Line origin = from.map(model::line).orElseGet(Line::new);
    boolean publishes = !refused && origin.head() > 0;
    Map<TableName, String> bases = new TreeMap<>();
    origin.tables().forEach((t, s) -> bases.put(t, model.states.get(s).state().version()));
    Content content = new Content(name, origin.tables(), bases);
    if (publishes) {
      attempt(name, content, release -> {});
    } else if (!refused) {
      doubt =
          p -> {
            if (p.store.environments().contains(name)) {
              model.lines.put(name, new Line());
            }
          };
    }
    List<Release> done = new ArrayList<>();
    boolean refuses =
        world.refuses(
            index, () -> done.add(process.store.createEnvironment(name, from, world.now())));
    assertThat(refuses).isEqualTo(refused);
    if (publishes) {
      model.commit(done.getFirst());
    } else if (!refused) {
      model.lines.put(name, new Line());
    }
  }

  private void drop(int index, World.Worker process) {
    String name = world.pick(ENVIRONMENTS);
    world.log.add("drop " + name);
    boolean refused = !model.lines.containsKey(name) || model.inUse(name);
    doubt =
        p -> {
          if (!refused && !p.store.environments().contains(name)) {
            verifier.ghost(name, model.line(name));
            dropped(name);
          }
        };
    boolean refuses = world.refuses(index, () -> process.store.dropEnvironment(name));
    assertThat(refuses).isEqualTo(refused);
    if (!refused) {
      if (process.faults.disarm()) {
        verifier.ghost(name, model.line(name)); // the mark in the lake may have failed
      }
      dropped(name);
    }
  }

  private void dropped(String name) {
    model.lines.remove(name);
    verifier.forgetRuns(name);
  }

  private void read(int index, World.Worker process) {
    String environment = world.pick(ENVIRONMENTS);
    Line line = model.line(environment);
    long release = world.random.nextLong(line.head() + 2);
    boolean refused = release > 0 && !line.kept.containsKey(release);
    world.log.add("read " + environment + " " + release + (refused ? " refused" : ""));
    List<Hold> done = new ArrayList<>();
    boolean refuses =
        world.refuses(index, () -> done.add(process.store.read(environment, release)));
    assertThat(refuses).isEqualTo(refused);
    if (!refused) {
      model.readers.add(new Reader(environment, release, index, done.getFirst()));
    }
  }

  private void stopReading(int index, World.Worker process) {
    List<Reader> own = model.readers.stream().filter(r -> r.process() == index).toList();
    if (!own.isEmpty()) {
      Reader reader = world.pick(own);
      world.log.add("stop reading " + reader.environment() + " " + reader.release());
      process.faults.disarm();
      close(reader.hold());
      model.readers.remove(reader);
    }
  }

  private void collect(World.Worker process) {
    int keep = world.random.nextInt(4);
    Duration grace = Duration.ofSeconds(world.chance(50) ? 0 : world.random.nextInt(3600));
    boolean dry = world.chance(15);
    Instant now = world.now();
    Expected expected = model.expire(keep, now.minus(grace));
    Set<String> before = verifier.paths();
    Set<String> garbage =
        before.contains("store.json")
            ? model.garbage(expected, world.disk.list("").toList())
            : Set.of();
    world.log.add("gc " + keep + " " + grace + (dry ? " dry" : "") + ": " + garbage);
    if (!before.contains("store.json")) {
      doubt = p -> {};
    } else if (!dry) {
      doubt = p -> verifier.adopt(p, expected);
    }
    GcReport report = process.releases.gc(e -> keep, grace, dry, now);
    assertThat(report.files()).containsExactlyElementsOf(garbage);
    Set<String> after = verifier.paths();
    if (dry) {
      assertThat(after).isEqualTo(before);
      return;
    }
    Set<String> left = new TreeSet<>(before);
    left.removeAll(garbage);
    model.lines.forEach((name, line) -> {
      if (line.head() > 0) {
        left.add(HeadFile.path(name)); // written by gc when its publisher could not
      }
    });
    assertThat(after).isEqualTo(left);
    if (before.contains("store.json")) {
      model.apply(expected);
    }
    verifier.all(process);
  }

  private void attempt(
      String environment, Content content, java.util.function.Consumer<Release> then) {
    Instant tag = world.now();
    model.attempts.put(tag, content);
    doubt =
        p -> {
          Release head = p.store.head(environment);
          if (head.published().equals(tag)) {
            world.log.add("  was committed");
            model.commit(head);
            then.accept(head);
          }
        };
  }

  private static Content content(
      String environment,
      Line line,
      Map<TableName, String> writes,
      Set<TableName> removes,
      Map<TableName, String> bases) {
    Map<TableName, String> tables = new HashMap<>(line.tables());
    tables.putAll(writes);
    tables.keySet().removeAll(removes);
    return new Content(environment, tables, bases);
  }

  private static int changes(Map<TableName, String> before, Map<TableName, String> after) {
    Set<TableName> all = new HashSet<>(before.keySet());
    all.addAll(after.keySet());
    return (int)
        all.stream().filter(t -> !java.util.Objects.equals(before.get(t), after.get(t))).count();
  }

  private static void close(AutoCloseable hold) {
    try {
      hold.close();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
