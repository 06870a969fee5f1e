package dev.towpath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code towpath worker} refuses. */
class WorkerCommandTest {
  @TempDir private Path folder;

  private String refused(String... words) throws IOException {
    Files.writeString(folder.resolve("towpath.yml"), "project: x\npools: {gpu: 1}\n");
    Towpath.Result result = new Towpath(folder).run(words);
    assertThat(result.exit()).isEqualTo(2);
    return result.err();
  }

  @Test
  void unknownPoolsAndSlotsThatCannotBe() throws IOException {
    assertThat(refused("worker", "--pools", "gpu,warehouse"))
        .contains("no pool \"warehouse\"", "there are: default, gpu, tables");
    assertThat(refused("worker", "--slots", "0")).contains("from 1 to 512");
    assertThat(refused("worker", "--pools", "gpu,,x")).contains("empty");
    assertThat(refused("serve", "--slots", "513")).contains("from 0 to 512");
  }
}
