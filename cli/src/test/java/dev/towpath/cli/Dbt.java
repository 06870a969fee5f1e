package dev.towpath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * The real dbt, from PyPI. {@code TOWPATH_DBT} names a virtual environment that has it; else one is
 * made once in {@code ~/.cache/towpath/dbt}.
 */
final class Dbt {
  private static final List<String> PACKAGES =
      List.of("dbt-core==1.11.16", "dbt-duckdb==1.11.1", "duckdb==2.0.1");

  /** Writes a table as CSV, each value as text, as Towpath's query does. */
  private static final String DUMP =
      """
      import sys, duckdb
      con = duckdb.connect(sys.argv[1], read_only=True)
      for table in sys.argv[3:]:
          con.execute(f"COPY (SELECT COLUMNS(*)::VARCHAR FROM {table} ORDER BY ALL) "
                      f"TO '{sys.argv[2]}/{table}.csv' (HEADER)")
      """;

  private Dbt() {}

  /** Builds a project and returns its tables as CSV, by name. */
  static Map<String, String> build(Path project, List<String> tables)
      throws IOException, InterruptedException {
    Path bin = environment().resolve("bin");
    run(
        project,
        List.of(
            bin.resolve("dbt").toString(),
            "--no-send-anonymous-usage-stats",
            "build",
            "--profiles-dir",
            "."));
    Path out = Files.createTempDirectory(project.getParent(), "tables");
    List<String> dump =
        new ArrayList<>(
            List.of(
                bin.resolve("python").toString(),
                "-c",
                DUMP,
                project.getFileName() + ".duckdb",
                out.toString()));
    dump.addAll(tables);
    run(project, dump);
    Map<String, String> all = new TreeMap<>();
    for (String table : tables) {
      all.put(table, Files.readString(out.resolve(table + ".csv")));
    }
    return all;
  }

  private static Path environment() throws IOException, InterruptedException {
    String given = System.getenv("TOWPATH_DBT");
    if (given != null) {
      return Path.of(given);
    }
    Path cache = Path.of(System.getProperty("user.home"), ".cache", "towpath", "dbt");
    Path done = cache.resolve("installed-" + PACKAGES.hashCode());
    if (!Files.exists(done)) {
      Files.createDirectories(cache);
      run(cache, List.of("python3", "-m", "venv", "--clear", "venv"));
      List<String> install =
          new ArrayList<>(List.of(cache.resolve("venv/bin/pip").toString(), "install", "-q"));
      install.addAll(PACKAGES);
      run(cache, install);
      Files.createFile(done);
    }
    return cache.resolve("venv");
  }

  private static void run(Path folder, List<String> command)
      throws IOException, InterruptedException {
    Path log = Files.createTempFile("dbt", ".log");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    boolean ended = process.waitFor(10, TimeUnit.MINUTES);
    if (!ended) {
      process.destroyForcibly();
    }
    String said = Files.readString(log);
    Files.delete(log);
    assertThat(ended).as("%s ended: %s", command.getFirst(), said).isTrue();
    assertThat(process.exitValue()).as("%s: %s", command, said).isZero();
  }
}
