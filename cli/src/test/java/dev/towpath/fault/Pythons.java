package dev.towpath.fault;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.testing.Venv;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A project with a Python model over three rows, and what is left of its child processes. */
final class Pythons {
  static final List<String> PACKAGES =
      List.of("pandas==3.1.1", "polars==2.1.0", "pyarrow==26.0.1", "pytest==9.2.0");

  /** A model that does nothing but what is asked of it. */
  static final String GOOD =
      "def build(t):\n    return t.read(\"raw.orders\", columns=[\"id\", \"amount\"]).to_pandas()\n";

  /** Lines of the block and their end, before the body that a test writes. */
  static final int BLOCK = 2;

  private static final String MODEL = "models/marts/worth.py";
  private static final long GONE_SECONDS = 30;

  private Pythons() {}

  /** Makes it, with Python's packages in its {@code .venv}. */
  static Cli in(Path folder) throws IOException, InterruptedException {
    Small.write(folder, "towpath.yml", "project: faults\n");
    Small.write(
        folder, "seeds/raw/orders.csv", "id,region,amount\n1,north,1.5\n2,south,2.5\n3,north,\n");
    Path venv = Venv.with(PACKAGES).python().getParent().getParent();
    Files.createSymbolicLink(folder.resolve(".venv"), venv);
    return Cli.in(folder);
  }

  /** Writes the model; its body begins in the third line. */
  static void model(Path folder, String body) throws IOException {
    Small.write(folder, MODEL, "# towpath:\n#   columns: {id: bigint, amount: double}\n" + body);
  }

  /** Writes the model with one more line in its block; its body begins in the fourth line. */
  static void model(Path folder, String key, String body) throws IOException {
    Small.write(
        folder,
        MODEL,
        "# towpath:\n#   columns: {id: bigint, amount: double}\n#   " + key + "\n" + body);
  }

  /** What the model printed, in the newest log. */
  static String log(Path folder) throws IOException {
    Path newest = folder.resolve("none");
    try (DirectoryStream<Path> runs =
        Files.newDirectoryStream(folder.resolve(".towpath/logs"), "*")) {
      for (Path run : runs) {
        if (run.getFileName().toString().compareTo(newest.getFileName().toString()) > 0
            || newest.endsWith("none")) {
          newest = run;
        }
      }
    }
    return new String(Files.readAllBytes(newest.resolve("marts.worth.log")), ISO_8859_1);
  }

  /** The table is what the model above makes of the rows, each of them once. */
  static void isRight(Cli project) {
    assertThat(
            project
                .here()
                .run("query", "--format", "csv", "FROM marts.worth ORDER BY id")
                .good()
                .out())
        .isEqualToNormalizingNewlines("id,amount\n1,1.5\n2,2.5\n3,\n");
  }

  /** No process is left that was started for a task of this project. */
  static void noneIsLeft(Path folder) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(GONE_SECONDS);
    while (!children(folder).isEmpty() && System.nanoTime() < end) {
      Thread.sleep(20);
    }
    assertThat(children(folder)).as("processes left behind").isEmpty();
  }

  /** Processes with the mark of a worker in their environment that work for this project. */
  static List<String> children(Path folder) throws IOException {
    List<String> found = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : all) {
        try {
          String environment =
              new String(Files.readAllBytes(process.resolve("environ")), ISO_8859_1);
          String command = new String(Files.readAllBytes(process.resolve("cmdline")), ISO_8859_1);
          boolean here = process.resolve("cwd").toRealPath().startsWith(folder.toRealPath());
          boolean worker =
              environment.contains("TOWPATH_WORKER=") || command.contains("_worker.py");
          if ((worker && here) || command.contains(marker(folder))) {
            found.add(process.getFileName() + " " + command.replace('\0', ' '));
          }
        } catch (IOException e) {
          assertThat(e).as("it has ended meanwhile").isNotNull();
        }
      }
    }
    return found;
  }

  /** An argument by which a process that left everything behind is still found. */
  static String marker(Path folder) {
    return "towpath-test-" + folder.toAbsolutePath().hashCode();
  }
}
