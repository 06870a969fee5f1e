package dev.towpath.metadata;

import static dev.towpath.metadata.Fixtures.NOW;
import static dev.towpath.metadata.Fixtures.by;
import static dev.towpath.metadata.Fixtures.publication;
import static dev.towpath.metadata.Fixtures.removing;
import static dev.towpath.metadata.Fixtures.rich;
import static dev.towpath.metadata.Fixtures.run;
import static dev.towpath.metadata.Fixtures.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.towpath.core.store.AuditLog;
import dev.towpath.core.store.FlowState;
import dev.towpath.core.store.HeadFile;
import dev.towpath.core.store.ManifestJson;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.core.store.MetadataStore.Expiry;
import dev.towpath.core.store.MetadataStore.Hold;
import dev.towpath.core.store.Publication;
import dev.towpath.core.store.Publication.HeadMoved;
import dev.towpath.core.store.Publication.Published;
import dev.towpath.core.store.Release;
import dev.towpath.core.store.ReleaseManifest;
import dev.towpath.core.store.RunFilter;
import dev.towpath.core.store.RunRecord;
import dev.towpath.core.store.StateJson;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every metadata store must do. */
abstract class StoreContract {
  private static final TableName DAILY = TableName.parse("marts.daily");
  private static final TableName RAW = TableName.parse("raw.flights");

  private final MemoryObjects objects = new MemoryObjects(InstantSource.fixed(NOW));
  private Backend backend;
  private SqlStore store;

  /** A place with nothing in it. */
  abstract Backend backend();

  final SqlStore store() {
    return store;
  }

  @BeforeEach
  void open() {
    backend = backend();
    store = another();
  }

  @AfterEach
  void close() {
    store.close();
    backend.close();
  }

  private SqlStore another() {
    return backend.open(objects, InstantSource.fixed(NOW));
  }

  private Release published(Publication publication) {
    return ((Published) store.publish(publication)).release();
  }

  @Test
  void readingAnEmptyStoreMakesNothing() {
    Database database = backend.database(connection -> connection);
    assertThat(store.head("dev").number()).isZero();
    assertThat(store.view("dev", 0).tables()).isEmpty();
    assertThat(store.environments()).isEmpty();
    assertThat(store.runs("dev", 10)).isEmpty();
    assertThat(database.exists()).isFalse();
    assertThat(store.id()).isEqualTo(store.id());
    assertThat(database.exists()).isTrue();
    database.close();
  }

  @Test
  void statesSurviveTheirText() {
    assertThat(StateJson.read(StateJson.write(rich()))).isEqualTo(rich());
    assertThat(StateJson.write(StateJson.read(StateJson.write(rich()))))
        .isEqualTo(StateJson.write(rich()));
  }

  @Test
  void keepsEachReleaseAsItWas() {
    TableState raw = state("r1", "raw.flights");
    TableState first = state("d1", "marts.daily");
    TableState second = state("d2", "marts.daily");
    Release one = published(publication("dev", 0, raw, first));
    Release two = published(publication("dev", 1, second));
    Release three = published(removing(publication("dev", 2), RAW));
    assertThat(store.view("dev", 1).tables()).isEqualTo(Map.of(RAW, raw, DAILY, first));
    assertThat(store.view("dev", 2).tables()).isEqualTo(Map.of(RAW, raw, DAILY, second));
    assertThat(store.view("dev", 3).tables()).isEqualTo(Map.of(DAILY, second));
    assertThat(store.releases("dev", 10)).containsExactly(three, two, one);
    assertThat(store.releases("dev", 3, 10)).containsExactly(two, one);
    assertThat(store.releases("dev", 3, 1)).containsExactly(two);
    assertThat(store.releases("dev", 1, 10)).isEmpty();
    assertThat(store.view("dev", 2).release()).isEqualTo(two);
    assertThat(one.tables()).isEqualTo(2);
    assertThat(two.changed()).isEqualTo(1);
    assertThat(three.changed()).isEqualTo(1);
    assertThat(store.history("dev", DAILY, 9)).containsExactly(second, first);
    assertThat(store.state("d1")).contains(first);
    assertThat(store.environments()).containsExactly("dev");
  }

  @Test
  void knowsSinceWhenATableHasItsRows() {
    TableState first = state("d1", "marts.daily");
    published(at(0, publication("dev", 0, state("r1", "raw.flights"), first)));
    TableState same = state("d2", "d1", DAILY, first.metadataFile(), Optional.empty(), "edited");
    published(at(60, publication("dev", 1, same)));
    assertThat(store.since("dev", DAILY)).as("of the same version").contains(NOW);
    published(at(120, publication("dev", 2, state("d3", "marts.daily"))));
    published(at(180, publication("dev", 3, state("r2", "raw.flights"))));
    var _ = store.expire(_ -> 1, NOW, false);
    assertThat(store.since("dev", DAILY))
        .as("that release is forgotten")
        .contains(NOW.plusSeconds(120));
    assertThat(store.since("dev", RAW)).contains(NOW.plusSeconds(180));
    store.createEnvironment("other", Optional.of("dev"), NOW.plusSeconds(240));
    assertThat(store.since("other", DAILY)).contains(NOW.plusSeconds(240));
    published(at(300, removing(publication("dev", 4), RAW)));
    assertThat(store.since("dev", RAW)).isEmpty();
    published(at(360, publication("dev", 5, state("r2", "raw.flights"))));
    assertThat(store.since("dev", RAW)).contains(NOW.plusSeconds(360));
    assertThat(store.since("nowhere", DAILY)).isEmpty();
  }

  /** The same, so many seconds later. */
  private static Publication at(int seconds, Publication p) {
    return new Publication(
        p.environment(),
        p.base(),
        p.kind(),
        p.writes(),
        p.removes(),
        p.restores(),
        p.origin(),
        p.run(),
        p.note(),
        NOW.plusSeconds(seconds));
  }

  @Test
  void writesAManifestThatHoldsTheRelease() {
    published(publication("dev", 0, rich(), state("d1", "marts.daily")));
    Release two = published(publication("dev", 1, state("d2", "marts.daily")));
    ReleaseManifest manifest = ManifestJson.read(two.manifest(), objects.read(two.manifest()));
    assertThat(manifest.release()).isEqualTo(two);
    assertThat(manifest.store()).isEqualTo(store.id());
    assertThat(manifest.parent()).isEqualTo(store.view("dev", 1).release().manifest());
    assertThat(manifest.states()).containsExactly(state("d2", "marts.daily"));
    assertThat(manifest.tables())
        .isEqualTo(
            Map.of(
                DAILY,
                new ReleaseManifest.Reference("d2", two.manifest()),
                rich().table(),
                new ReleaseManifest.Reference("s1", manifest.parent())));
    assertThat(ManifestJson.write(manifest)).isEqualTo(objects.read(two.manifest()));
    assertThat(HeadFile.read(objects, "dev")).isEqualTo(HeadFile.of(two.manifest()));
  }

  @Test
  void publishesOnlyOntoTheHead() {
    published(publication("dev", 0, state("a", "marts.daily")));
    assertThat(store.publish(publication("dev", 0, state("b", "marts.daily"))))
        .isEqualTo(new HeadMoved(1));
    assertThat(store.head("dev").number()).isEqualTo(1);
    assertThat(objects.list("releases").count()).isEqualTo(2);
  }

  @Test
  void whatGoesAlongWithAReleaseHappensOnlyWithIt() {
    published(publication("dev", 0, state("a", "marts.daily")));
    FlowState writer = new FlowState("dev", "nightly", false, NOW, Map.of());
    Publication.Along along =
        new Publication.Along(new AuditLog.Act("ada", "rollback", "", ""), List.of(writer));
    assertThat(store.publish(publication("dev", 0, state("b", "marts.daily")).with(along)))
        .isEqualTo(new HeadMoved(1));
    assertThat(store.audit().list("dev", 10)).isEmpty();
    assertThat(store.flows().flow("dev", "nightly")).isEmpty();

    published(publication("dev", 1, state("b", "marts.daily")).with(along));
    assertThat(store.flows().flow("dev", "nightly")).map(FlowState::paused).contains(true);
    assertThat(store.audit().list("dev", 10))
        .extracting(e -> e.act().who(), e -> e.act().action(), e -> e.act().subject())
        .containsExactlyInAnyOrder(
            tuple("ada", "rollback", "release 2"), tuple("ada", "pause", "nightly"));
  }

  @Test
  void runsAreFoundPageByPageAndById() {
    for (String id : List.of("c", "a", "d", "b")) { // all of one moment
      try (Hold hold = store.begin(run(id, "dev"))) {
        assertThat(hold).isNotNull();
        store.finish(id, RunRecord.State.SUCCESS, Optional.empty(), NOW);
      }
    }
    List<RunRecord> all = store.runs("dev", 10);
    assertThat(all).extracting(RunRecord::id).containsExactly("a", "b", "c", "d");
    List<RunRecord> paged = new ArrayList<>(store.runs("dev", Optional.empty(), 2));
    paged.addAll(store.runs("dev", Optional.of(RunFilter.Position.of(paged.getLast())), 2));
    assertThat(paged).isEqualTo(all);
    assertThat(store.runs("dev", Optional.of(RunFilter.Position.of(paged.getLast())), 2)).isEmpty();
    assertThat(store.runs("dev", Optional.of(new RunFilter.Position(NOW, "")), 9)).isEqualTo(all);
    assertThat(store.runs("dev", Optional.of(new RunFilter.Position(NOW.minusMillis(1), "")), 9))
        .isEmpty();
    assertThat(store.run("dev", "c")).contains(all.get(2));
    assertThat(store.run("other", "c")).isEmpty();
    assertThat(store.run("dev", "e")).isEmpty();
  }

  @Test
  void aRunEndsByPublishing() {
    try (Hold hold = store.begin(run("one", "dev"))) {
      assertThat(hold).isNotNull();
      store.stage("one", "key", state("a", "marts.daily"));
      Release release = published(by("one", publication("dev", 0, state("a", "marts.daily"))));
      assertThat(release.run()).contains("one");
    }
    RunRecord ended = store.runs("dev", 1).getFirst();
    assertThat(ended.state()).isEqualTo(RunRecord.State.SUCCESS);
    assertThat(ended.release()).contains(1L);
    assertThat(ended.selection()).isEqualTo(run("one", "dev").selection());
    assertThat(ended.logicalTime()).isEqualTo(NOW);
    assertThat(store.staged("two", "key")).contains(state("a", "marts.daily"));
    assertThat(store.staged("two", "other")).isEmpty();
    assertThatExceptionOfType(TowpathException.class)
        .isThrownBy(() -> published(by("one", publication("dev", 1))))
        .withMessageContaining("run one cannot publish: it is over (SUCCESS)");
  }

  @Test
  void keepsTasksAndChecks() {
    RunRecord.Task waiting =
        new RunRecord.Task(
            "one",
            "marts.daily",
            RunRecord.State.RUNNING,
            NOW,
            Optional.empty(),
            -1,
            "new",
            Optional.empty());
    RunRecord.Task done =
        new RunRecord.Task(
            "one",
            "marts.daily",
            RunRecord.State.SUCCESS,
            NOW,
            Optional.of(NOW),
            7,
            "new",
            Optional.of("fine"));
    RunRecord.CheckResult check =
        new RunRecord.CheckResult("one", "marts.Daily", "unique(day)", false, true, 3, "[{}]");
    try (Hold hold = store.begin(run("one", "dev"))) {
      assertThat(hold).isNotNull();
      store.tasks(List.of(waiting), List.of());
      assertThat(store.tasks("one")).containsExactly(waiting);
      store.tasks(List.of(done), List.of(check));
    }
    assertThat(store.tasks("one")).containsExactly(done);
    assertThat(store.checks("dev", DAILY)).containsExactly(check);
    assertThat(store.checks("prod", DAILY)).isEmpty();
    assertThat(store.checkHistory("dev", DAILY, 9))
        .containsExactly(new RunRecord.Checked("one", NOW, List.of(check)));
    assertThat(store.checkHistory("prod", DAILY, 9)).isEmpty();
  }

  @Test
  void anEnvironmentStartsAsACopy() {
    published(publication("prod", 0, state("a", "marts.daily"), state("r", "raw.flights")));
    Release release = store.createEnvironment("dev", Optional.of("prod"), NOW);
    assertThat(release.note()).isEqualTo("from prod at 1");
    assertThat(store.view("dev", 1).tables()).isEqualTo(store.view("prod", 1).tables());
    assertThat(store.bases("dev")).isEqualTo(Map.of(DAILY, "a", RAW, "r"));
    assertThat(store.environments()).containsExactly("dev", "prod");
    assertThatExceptionOfType(TowpathException.class)
        .isThrownBy(() -> store.createEnvironment("dev", Optional.empty(), NOW))
        .withMessageContaining("exists already");
    store.dropEnvironment("dev");
    assertThat(store.environments()).containsExactly("prod");
    assertThat(HeadFile.read(objects, "dev").dropped()).contains(NOW);
  }

  @Test
  void namesTheKeptReleases() {
    published(publication("dev", 0, state("a", "marts.daily")));
    assertThatExceptionOfType(TowpathException.class)
        .isThrownBy(() -> store.view("dev", 4))
        .withMessage("dev has no release 4")
        .satisfies(e -> assertThat(e.hint().orElseThrow()).contains("from 1 to 1"));
  }

  @Test
  void expiresWhatNothingReaches() {
    for (int i = 0; i < 5; i++) {
      published(publication("dev", i, state("s" + i, "marts.daily")));
    }
    try (Hold hold = store.read("dev", 2)) {
      assertThat(hold).isNotNull();
      Expiry dry = store.expire(e -> 2, NOW, true);
      assertThat(store.releases("dev", 9)).hasSize(5);
      Expiry expiry = store.expire(e -> 2, NOW, false);
      assertThat(expiry).isEqualTo(dry);
      assertThat(expiry.releases()).isEqualTo(2);
      assertThat(expiry.states()).isEqualTo(2);
      assertThat(store.releases("dev", 9)).extracting(Release::number).containsExactly(5L, 4L, 2L);
      assertThat(expiry.kept()).extracting(TableState::id).containsOnly("s1", "s3", "s4");
    }
    assertThat(store.expire(e -> 0, NOW, false).kept())
        .extracting(TableState::id)
        .containsOnly("s4");
  }

  @Test
  void theNewestRereadingStaysAsLongAsItsState() {
    AtomicLong seconds = new AtomicLong();
    store.close();
    store = backend.open(objects, () -> NOW.plusSeconds(seconds.incrementAndGet()));
    Instant late = NOW.plusSeconds(1_000_000);
    TableState read = sourced("a", "a", "sources/0.json.gz");
    published(publication("dev", 0, read));
    String key = MetadataStore.rereading("a");
    for (int i = 1; i <= 2; i++) {
      String run = "run" + i;
      try (Hold hold = store.begin(run(run, "dev"))) {
        assertThat(hold).isNotNull();
        store.reread(run, "a", sourced("a" + i, "a", "sources/" + i + ".json.gz"));
        store.finish(run, RunRecord.State.SUCCESS, Optional.empty(), NOW);
      }
    }
    assertThat(store.staged(key).flatMap(TableState::source)).contains("sources/2.json.gz");
    Expiry expiry = store.expire(_ -> 1, late, false);
    assertThat(expiry.sourceFiles()).containsOnly("sources/0.json.gz", "sources/2.json.gz");
    assertThat(store.staged(key).flatMap(TableState::source)).contains("sources/2.json.gz");
    published(publication("dev", 1, sourced("b", "b", "sources/3.json.gz")));
    assertThat(store.expire(_ -> 1, late, false).sourceFiles()).containsOnly("sources/3.json.gz");
    assertThat(store.staged(key)).isEmpty();
  }

  private static TableState sourced(String id, String version, String file) {
    return state(
        id, version, RAW, Optional.of("tables/x/metadata/1.json"), Optional.of(file), "fp");
  }

  @Test
  void marksRunsWhoseProcessDied() {
    aRunDies();
  }

  /** A process begins a run and ends without ending it. */
  final void aRunDies() {
    SqlStore other = another();
    Hold lost = other.begin(run("one", "dev"));
    assertThat(lost).isNotNull();
    RunRecord.Task task =
        new RunRecord.Task(
            "one",
            "marts.daily",
            RunRecord.State.RUNNING,
            NOW,
            Optional.empty(),
            -1,
            "new",
            Optional.empty());
    other.tasks(List.of(task), List.of());
    assertThat(store.runs("dev", 1).getFirst().state()).isEqualTo(RunRecord.State.RUNNING);
    assertThat(store.expire(e -> 1, NOW, true).liveRuns()).containsExactly("one");
    other.close();
    assertThat(store.runs("dev", 1).getFirst().message()).contains("the process died");
    assertThat(store.tasks("one").getFirst().state()).isEqualTo(RunRecord.State.FAILED);
  }
}
