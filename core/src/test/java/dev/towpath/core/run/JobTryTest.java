package dev.towpath.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.core.project.Project;
import dev.towpath.core.project.ProjectReader;
import dev.towpath.core.project.SourceTypes;
import dev.towpath.spi.JobRunner;
import dev.towpath.spi.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobTryTest {
  @TempDir private Path folder;

  /** A job that does what a test says. */
  private record Doing(Runnable what) implements JobRunner {
    @Override
    public String type() {
      return "doing";
    }

    @Override
    public Set<String> keys() {
      return Set.of();
    }

    @Override
    public List<Problem> check(JobRunner.Job job) {
      return List.of();
    }

    @Override
    public void run(JobRunner.Job job, Context context) {
      what.run();
    }
  }

  private void attempt(Runnable what) throws Exception {
    JobRunner runner = new Doing(what);
    Files.createDirectories(folder.resolve("jobs"));
    Files.writeString(folder.resolve("towpath.yml"), "project: p\n");
    Files.writeString(folder.resolve("jobs/it.yml"), "type: doing\n");
    Project project =
        ProjectReader.read(folder, Map.of(), SourceTypes.of(List.of()), List.of(runner));
    JobTry.Given given =
        new JobTry.Given(Map.of(), Map.of(), use -> use.name(), folder, _ -> {}, (_, _) -> {});
    assertThat(new JobTry(project, List.of(runner)).run(project.job("it").orElseThrow(), given))
        .isEmpty();
  }

  @Test
  void whatEndsWellHasNoFailure() throws Exception {
    attempt(() -> {});
  }

  /** Whatever ends the job's thread, its try has not gone well. */
  @Test
  void anErrorOfTheJvmIsNoSuccess() {
    assertThatThrownBy(() ->
            attempt(() -> {
              throw new NoClassDefFoundError("gone");
            }))
        .isInstanceOf(NoClassDefFoundError.class);
  }
}
