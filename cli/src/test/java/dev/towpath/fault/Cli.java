package dev.towpath.fault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.towpath.cli.Towpath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A project's folder and the commands run on it, each in a process of its own. */
final class Cli {
  private static final long TOO_LONG_SECONDS = 180;
  private static final String NOBODY = "nobody";

  private final Path folder;
  private final List<String> prefix;
  private final List<String> options;

  private Cli(Path folder, List<String> prefix, List<String> options) {
    this.folder = folder;
    this.prefix = prefix;
    this.options = options;
  }

  /** The same with more options of the JVM. */
  Cli with(String... more) {
    return new Cli(folder, prefix, List.of(more));
  }

  /** The same with other variables, each as {@code NAME=value}. */
  Cli env(String... variables) {
    List<String> words = new ArrayList<>(prefix);
    words.add("/usr/bin/env");
    words.addAll(List.of(variables));
    return new Cli(folder, words, options);
  }

  /** Commands of the user who runs the tests. */
  static Cli in(Path folder) {
    return new Cli(folder, List.of(), List.of());
  }

  /** The same with every file, and every folder up to it, open to a user who owns nothing else. */
  Cli asNobody() throws IOException {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    for (Path path = folder; !path.equals(temporary); path = path.getParent()) {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    if (!isRoot()) {
      return this;
    }
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/setpriv")),
        "root may do everything, and there is no setpriv to run as somebody else");
    UserPrincipal nobody =
        folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(NOBODY);
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.toList()) {
        Files.setOwner(path, nobody);
      }
    }
    return new Cli(
        folder,
        List.of("setpriv", "--reuid=" + NOBODY, "--regid=65534", "--clear-groups"),
        options);
  }

  static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  Path folder() {
    return folder;
  }

  /** The same project's commands in this process: quicker, for what no fault is meant to hit. */
  Towpath here() {
    return new Towpath(folder);
  }

  /** What a command printed and how it ended. */
  record Said(int exit, String out, String err) {
    /** This, if the command succeeded. */
    Said good() {
      return ends(0);
    }

    /** This, if the command ended so, and with no stack trace in either case. */
    Said ends(int code) {
      assertThat(exit).as("%s%s", out, err).isEqualTo(code);
      assertThat(err).doesNotContain("\tat ").doesNotContain("Exception").doesNotContain("mistake");
      return this;
    }

    /** The words are in what was said to the person. */
    Said tells(String... words) {
      assertThat(err).contains(words);
      return this;
    }
  }

  /** Runs a command to its end. */
  Said run(String... words) {
    return start(words).end();
  }

  /** Starts a command. */
  Running start(String... words) {
    try {
      List<String> command = new ArrayList<>(prefix);
      // A shell that runs the build in the background makes all its children deaf to Ctrl-C.
      command.addAll(List.of("/usr/bin/env", "--default-signal=INT"));
      command.addAll(Program.command(options));
      command.addAll(List.of("-C", folder.toString()));
      command.addAll(List.of(words));
      Path out = Files.createTempFile("towpath", ".out");
      Path err = Files.createTempFile("towpath", ".err");
      Process process =
          new ProcessBuilder(command)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      return new Running(process, out, err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A command that goes on. */
  record Running(Process process, Path out, Path err) {
    /** Waits for its end. */
    Said end() {
      try {
        if (!process.waitFor(TOO_LONG_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new AssertionError("did not end: " + said(out) + said(err));
        }
        Said said = new Said(process.exitValue(), said(out), said(err));
        Files.delete(out);
        Files.delete(err);
        return said;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }

    /** Waits until it has said something, or has ended. */
    Running until(String words) throws InterruptedException {
      while (process.isAlive() && !said(err).contains(words)) {
        Thread.sleep(2);
      }
      return this;
    }

    /** Sends it a signal. */
    void signal(String name) throws IOException, InterruptedException {
      new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    }

    private static String said(Path file) {
      try {
        return Files.readString(file, UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
