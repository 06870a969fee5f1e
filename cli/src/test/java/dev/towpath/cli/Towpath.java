package dev.towpath.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A project's folder and the commands run on it, in this process.
 *
 * @param clock what the commands take for the present time
 */
public record Towpath(Path folder, Clock clock) {

  /** A project at the present time. */
  public Towpath(Path folder) {
    this(folder, Clock.systemUTC());
  }

  /** The same project at another time, such as {@code 2026-01-02T10:00:00Z}. */
  public Towpath at(String time) {
    return new Towpath(folder, Clock.fixed(Instant.parse(time), ZoneOffset.UTC));
  }

  /** What a command printed and how it ended. */
  public record Result(int exit, String out, String err) {
    /** This, if the command succeeded. */
    public Result good() {
      assertThat(exit).as("%s%s", out, err).isZero();
      return this;
    }
  }

  /** Runs a command as a person would, and waits for its end. */
  public Result run(String... command) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    List<String> words = new ArrayList<>(List.of(command));
    if (!words.contains("-C")) {
      words.addAll(0, List.of("-C", folder.toString()));
    }
    int exit =
        Main.run(
            words.toArray(String[]::new),
            new Console(
                new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), false),
            clock);
    return new Result(exit, out.toString(UTF_8), err.toString(UTF_8));
  }

  /** Writes a file of the project, and the folders that it stands in. */
  public void write(String name, String text) throws IOException {
    Path path = folder.resolve(name);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  /** Every row of some tables as sorted lines of CSV: equal texts mean equal tables. */
  public String rows(List<String> tables) {
    StringBuilder sql = new StringBuilder();
    for (String table : tables) {
      sql.append(sql.isEmpty() ? "" : " UNION ALL ")
          .append("SELECT '%s' AS t, x::VARCHAR AS r FROM %s AS x".formatted(table, table));
    }
    return run("query", sql + " ORDER BY ALL", "--format", "csv").good().out();
  }

  /** Copies a folder and everything in it, except what a run left there. */
  public static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : paths.filter(p -> !p.toString().contains(".towpath")).toList()) {
        Path target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
        } else {
          Files.copy(
              path,
              target,
              StandardCopyOption.REPLACE_EXISTING,
              StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
  }
}
