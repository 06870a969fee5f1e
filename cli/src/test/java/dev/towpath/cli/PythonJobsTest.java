package dev.towpath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.testing.Venv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits of jobs in Python, as the commands hold them. */
@Tag("integration")
class PythonJobsTest {
  private static final long LOG_BYTES = 2 << 20;

  @TempDir private Path folder;
  private Towpath towpath;

  @BeforeEach
  void project() throws IOException {
    towpath = new Towpath(folder);
    towpath.write("towpath.yml", "project: works\n");
    towpath.write(".env", "TOKEN=hunter2hunter2\n");
  }

  private String log() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve(".towpath/logs"))) {
      Path log = files.filter(f -> f.endsWith("job.j.log")).findFirst().orElseThrow();
      assertThat(Files.size(log)).isLessThan(LOG_BYTES);
      return Files.readString(log);
    }
  }

  @Test
  void aFloodIsCutInTheMiddle() throws IOException {
    towpath.write("flood.py", "print('first')\nfor i in range(400_000):\n    print(i, '.' * 50)\n");
    towpath.write("jobs/j.yml", "type: python\nscript: flood.py\n");
    towpath.run("run", "job:j").good();
    assertThat(log()).startsWith("first\n0 ..").contains("bytes are left out here", "399999 ..");
  }

  @Test
  void aTimeoutStopsIt() throws IOException {
    towpath.write("hangs.py", "print('starts', flush=True)\nwhile True:\n    pass\n");
    towpath.write("jobs/j.yml", "type: python\nscript: hangs.py\ntimeout: 3s\n");
    Towpath.Result result = towpath.run("run", "job:j");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.err())
        .contains("jobs/j.yml:3:1: job j failed: it was stopped after 3 s, its timeout");
    assertThat(log()).startsWith("starts\n");
  }

  @Test
  void aLimitIsToldInItsOwnUnit() throws IOException {
    towpath.write("grows.py", "kept = []\nwhile True:\n    kept.append(bytearray(1_000_000))\n");
    towpath.write("jobs/j.yml", "type: python\nscript: grows.py\nmemory: 100MiB\n");
    Towpath.Result result = towpath.run("run", "job:j");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.err())
        .containsPattern(
            "jobs/j.yml:3:1: job j failed: it was stopped when it took \\d+ MiB, more than its"
                + " \"memory\" of 100 MiB\n  hint: work on less at a time, or give it more\n");
  }

  /** The rows of {@code prod} and {@code dev} differ, and so must what jobs tell of them. */
  @Test
  void jobsReadTheEnvironmentOfTheirRun() throws Exception {
    Path venv = Venv.with(ClientTest.PACKAGES).python().getParent().getParent();
    Files.createSymbolicLink(folder.resolve(".venv"), venv);
    try {
      ClientTest.launcher(folder.resolve("towpath"));
      towpath.write("towpath.yml", "project: works\nenvironments: {dev: {}, prod: {}}\n");
      towpath.write(
          "reads.py", "import towpath\nprint(towpath.context().read('m.n').to_arrow())\n");
      towpath.write(
          "jobs/j.yml",
          "type: python\nscript: reads.py\nneeds: [m.n]\nenv: {TOWPATH_HOME: \"%s\"}\n"
              .formatted(folder));
      towpath.write("jobs/s.yml", "type: shell\nrun: echo in $TOWPATH_ENV\nneeds: [m.n]\n");
      towpath.write("models/m/n.sql", "SELECT 111 AS n\n");
      towpath.run("run", "m.n").good();
      towpath.write("models/m/n.sql", "SELECT 222 AS n\n");
      Towpath.Result prod = towpath.run("run", "--env", "prod", "m.n", "job:j", "job:s").good();
      assertThat(prod.err()).contains("222").contains("in prod").doesNotContain("111");
      Towpath.Result dev = towpath.run("run", "job:j", "job:s").good();
      assertThat(dev.err()).contains("111").contains("in dev").doesNotContain("222");
    } finally {
      Files.delete(folder.resolve(".venv")); // it is other tests', too
    }
  }

  @Test
  void secretsAreMaskedWhereverTheyComeOut() throws IOException {
    towpath.write(
        "leaks.py",
        """
        import os
        import towpath
        print(os.environ['TOKEN_OF_JOB'])
        raise ValueError(towpath.context().param('token'))
        """);
    towpath.write(
        "jobs/j.yml",
        """
        type: python
        script: leaks.py
        env: {TOKEN_OF_JOB: "${TOKEN}"}
        params: {token: "${TOKEN}"}
        """);
    Towpath.Result result = towpath.run("run", "job:j");
    assertThat(result.err())
        .contains("leaks.py:4:1: job j failed: ValueError: ")
        .doesNotContain("hunter2hunter2");
    assertThat(log()).contains("ValueError").doesNotContain("hunter2hunter2");
  }
}
