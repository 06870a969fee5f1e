package dev.towpath.core.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.core.project.Flow;
import dev.towpath.core.project.Project;
import dev.towpath.core.project.ProjectReader;
import dev.towpath.core.project.SourceTypes;
import dev.towpath.core.project.TriggerRule;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.FlowTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which tasks a flow has, and which waits for which. */
class TaskGraphTest {
  @TempDir private Path folder;

  private void write(String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private List<FlowTask> tasks(String flow) throws IOException {
    write("towpath.yml", "project: p\n");
    write("flows/f.yml", flow);
    Project project =
        ProjectReader.read(folder, Map.of(), SourceTypes.of(List.of()), List.of(new EmptyRunner()));
    assertThat(project.problems()).isEmpty();
    Flow found = project.flow("f").orElseThrow();
    Instant now = Instant.EPOCH;
    return new TaskGraph(project, found, type -> false)
        .tasks(FlowRun.queued("r", "dev", "f", FlowRun.Cause.PERSON, now, Optional.empty(), now));
  }

  private static String shown(FlowTask task) {
    return task.key() + " needs " + task.needs() + " before " + task.successors();
  }

  @Test
  void jobsWithoutTablesComeBeforeTheTablesAndTheOthersAfter() throws Exception {
    write("jobs/fetch.yml", "type: empty\n");
    write("jobs/clean.yml", "type: empty\nneeds: job:fetch\n");
    write("jobs/report.yml", "type: empty\nneeds: marts.daily\n");
    write("jobs/send.yml", "type: empty\nneeds: job:report\n");
    assertThat(tasks("run: [marts.*, \"job:*\"]\npriority: 7\n"))
        .allMatch(t -> t.priority() == 7)
        .extracting(TaskGraphTest::shown)
        .containsExactlyInAnyOrder(
            "job:fetch needs [] before [job:clean, tables]",
            "job:clean needs [job:fetch] before [tables]",
            "tables needs [job:fetch, job:clean] before [job:report]",
            "job:report needs [tables] before [job:send]",
            "job:send needs [job:report] before []");
  }

  @Test
  void aJobThatIsNotChosenIsNotWaitedFor() throws Exception {
    write("jobs/fetch.yml", "type: empty\n");
    write("jobs/report.yml", "type: empty\nneeds: [marts.daily, job:fetch]\n");
    assertThat(tasks("run: job:report\n"))
        .extracting(TaskGraphTest::shown)
        .containsExactly("job:report needs [] before []");
  }

  @Test
  void whatComesLastWaitsForNothingElse() throws Exception {
    write("jobs/work.yml", "type: empty\nfor_each: SELECT 1 AS n\ntrigger_rule: always\n");
    write("jobs/tidy.yml", "type: empty\nneeds: job:work\npool: p\npriority: 3\n");
    write("jobs/tell.yml", "type: empty\nneeds: job:tidy\n");
    List<FlowTask> tasks = tasks("run: job:*\nfinally: [job:tidy, job:tell]\n");
    assertThat(tasks)
        .extracting(TaskGraphTest::shown)
        .containsExactly(
            "job:work needs [] before []",
            "job:tidy needs [] before [job:tell]",
            "job:tell needs [job:tidy] before []");
    assertThat(tasks).extracting(FlowTask::last).containsExactly(false, true, true);
    assertThat(tasks).extracting(FlowTask::mapped).containsExactly(true, false, false);
    assertThat(tasks.get(0).rule()).isEqualTo(TriggerRule.ALWAYS);
    assertThat(tasks.get(1).rule()).isEqualTo(TriggerRule.ALL_DONE);
    assertThat(tasks.get(1).pool()).isEqualTo("p");
    assertThat(tasks.get(1).priority()).isEqualTo(3);
  }
}
