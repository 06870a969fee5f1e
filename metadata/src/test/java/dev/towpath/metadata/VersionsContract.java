package dev.towpath.metadata;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.core.project.TriggerRule;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.FlowTask;
import dev.towpath.core.store.ProjectVersion;
import dev.towpath.core.store.VersionStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Versions of a project are kept once for each content, for as long as a run needs them. */
abstract class VersionsContract {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private Backend backend;
  private SqlStore store;
  private VersionStore versions;
  private final List<String> asked = new ArrayList<>();

  /** A place with nothing in it. */
  abstract Backend backend();

  @BeforeEach
  void open() {
    backend = backend();
    store = backend.open(new MemoryObjects(() -> NOON), () -> NOON);
    versions = store.versions();
  }

  @AfterEach
  void close() {
    store.close();
    backend.close();
  }

  private ProjectVersion keep(Map<String, String> files, Instant now) {
    Map<String, byte[]> contents = new TreeMap<>();
    files.forEach((path, text) -> contents.put(path, text.getBytes(UTF_8)));
    ProjectVersion version =
        new ProjectVersion(
            contents.entrySet().stream()
                .map(file ->
                    new ProjectVersion.File(
                        file.getKey(),
                        ProjectVersion.hash(file.getValue()),
                        file.getKey().endsWith(".sh")))
                .toList());
    versions.keep(
        version,
        file -> {
          asked.add(file.path());
          return contents.get(file.path());
        },
        now);
    return version;
  }

  @Test
  void aVersionComesBackAsItWas() {
    ProjectVersion version =
        keep(
            Map.of("towpath.yml", "project: x\n", "a b/c.sh", "\0\u00e9", "copy", "\0\u00e9"),
            NOON);
    assertThat(asked).hasSize(2);
    assertThat(versions.find(version.hash())).contains(version);
    assertThat(versions.find("other")).isEmpty();
    for (ProjectVersion.File file : version.files()) {
      assertThat(ProjectVersion.hash(versions.content(file))).isEqualTo(file.content());
    }
    assertThat(version.files().getFirst().executable()).isTrue();
    keep(Map.of("towpath.yml", "project: x\n", "a b/c.sh", "new"), NOON.plusSeconds(1));
    assertThat(asked).as("only what is new").hasSize(3);
  }

  @Test
  void theNewestIsTheOneLastInUse() {
    assertThat(versions.newest()).isEmpty();
    ProjectVersion first = keep(Map.of("towpath.yml", "1"), NOON);
    ProjectVersion second = keep(Map.of("towpath.yml", "2"), NOON.plusSeconds(1));
    assertThat(versions.newest()).contains(second.hash());
    keep(Map.of("towpath.yml", "1"), NOON.plusSeconds(2));
    assertThat(versions.newest()).contains(first.hash());
  }

  @Test
  void whatNoOpenRunNeedsGoes() {
    ProjectVersion first = keep(Map.of("towpath.yml", "same", "jobs/a.yml", "1"), NOON);
    ProjectVersion second =
        keep(Map.of("towpath.yml", "same", "jobs/a.yml", "2"), NOON.plusSeconds(1));
    keep(Map.of("towpath.yml", "same", "jobs/a.yml", "3"), NOON.plusSeconds(2));
    FlowRun run =
        FlowRun.queued("r", "dev", "f", FlowRun.Cause.PERSON, NOON, Optional.empty(), NOON);
    store.flows().enqueue(run, Optional.empty());
    FlowTask task =
        FlowTask.waiting(run, "job:only", "empty", "default", 0, TriggerRule.ALL_SUCCESS);
    store
        .flows()
        .start(
            "r",
            new FlowRun.Start(
                List.of(task), Optional.empty(), List.of(), Optional.of(first.hash())),
            NOON);
    assertThat(store.flows().run("r").orElseThrow().version()).contains(first.hash());
    assertThat(versions.open()).containsExactly(first.hash());
    assertThat(versions.trim(NOON)).isZero();
    assertThat(versions.trim(NOON.plusSeconds(2))).isEqualTo(1);
    assertThat(versions.find(first.hash())).isPresent();
    assertThat(versions.find(second.hash())).isEmpty();
    store.flows().cancel("r", "enough", Optional.empty(), NOON);
    assertThat(versions.trim(NOON.plus(Duration.ofDays(1)))).isEqualTo(2);
    assertThat(versions.newest()).isEmpty();
    int before = asked.size();
    keep(Map.of("towpath.yml", "same"), NOON);
    assertThat(asked).as("its contents had gone, too").hasSize(before + 1);
  }
}
