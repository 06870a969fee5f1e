package dev.towpath.lake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.lake.ReleaseLog.Entry;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReleaseLogTest {
  @TempDir Path root;
  private ReleaseLog log;

  @BeforeEach
  void open() {
    log = new ReleaseLog(new LocalObjectStore(root));
  }

  private Entry write(String environment, long number, String run) {
    return log.write(environment, number, run, ("{\"n\":" + number + "}").getBytes(UTF_8));
  }

  @Test
  void listsReleasesByNumberAndRun() {
    Entry two = write("dev", 2, "b");
    Entry ten = write("dev", 10, "a");
    Entry lost = write("dev", 2, "a");
    assertThat(log.list("dev")).containsExactly(lost, two, ten);
    assertThat(log.read(ten)).asString(UTF_8).isEqualTo("{\"n\":10}");
    assertThat(log.list("prod")).isEmpty();
  }

  @Test
  void remembersTheHead() {
    Entry one = write("dev", 1, "a");
    assertThat(log.head("dev")).isEmpty();
    log.markHead(one);
    Entry two = write("dev", 2, "b");
    assertThat(log.head("dev")).contains(one);
    log.markHead(two);
    assertThat(log.head("dev")).contains(two);
  }

  @Test
  void takesAnyNameOfAnEnvironment() {
    for (String name : new String[] {"dev", "..", "a/b", "späße & mehr", "*"}) {
      Entry entry = write(name, 1, "run/..");
      log.markHead(entry);
      assertThat(log.list(name)).containsExactly(entry);
      assertThat(log.head(name)).contains(entry);
    }
    assertThat(log.environments())
        .containsExactlyInAnyOrder("dev", "..", "a/b", "späße & mehr", "*");
  }
}
