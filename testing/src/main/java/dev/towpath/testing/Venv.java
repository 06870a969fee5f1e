package dev.towpath.testing;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A Python virtual environment with packages from PyPI, made once in {@code ~/.cache/towpath/venv}
 * for all tests that ask for the same packages.
 */
public final class Venv {
  private final Path folder;

  private Venv(Path folder) {
    this.folder = folder;
  }

  /** What a program printed and how it ended. */
  public record Ended(int code, String output) {}

  /** The environment with these packages, each as {@code name==version}. */
  public static Venv with(List<String> packages) throws IOException, InterruptedException {
    Path cache = Path.of(System.getProperty("user.home"), ".cache", "towpath", "venv");
    Files.createDirectories(cache);
    Path folder = cache.resolve(Integer.toHexString(packages.hashCode()));
    Path done = folder.resolve("installed");
    try (FileChannel channel =
            FileChannel.open(
                folder.resolveSibling(folder.getFileName() + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock _ = channel.lock()) {
      if (!Files.exists(done)) {
        good(
            execute(
                cache, Map.of(), List.of("python3", "-m", "venv", "--clear", folder.toString())));
        List<String> install =
            new ArrayList<>(List.of(folder.resolve("bin/python").toString(), "-m", "pip"));
        install.addAll(List.of("install", "-q", "--disable-pip-version-check"));
        install.addAll(packages);
        good(execute(cache, Map.of(), install));
        Files.createFile(done);
      }
    }
    return new Venv(folder);
  }

  /** Its interpreter. */
  public Path python() {
    return folder.resolve("bin/python");
  }

  /** Runs its interpreter; more variables are set for it, and those with an empty value unset. */
  public Ended run(Path directory, Map<String, String> variables, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(python().toString()));
    command.addAll(arguments);
    return execute(directory, variables, command);
  }

  private static Ended execute(Path directory, Map<String, String> variables, List<String> command)
      throws IOException, InterruptedException {
    Path log = Files.createTempFile("python", ".log");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile());
      builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
      variables.forEach((name, value) -> {
        if (value.isEmpty()) {
          builder.environment().remove(name);
        } else {
          builder.environment().put(name, value);
        }
      });
      Process process = builder.start();
      process.getOutputStream().close();
      if (!process.waitFor(20, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new IOException(command + " did not end: " + Files.readString(log));
      }
      return new Ended(process.exitValue(), Files.readString(log));
    } finally {
      Files.delete(log);
    }
  }

  private static void good(Ended ended) throws IOException {
    if (ended.code() != 0) {
      throw new IOException("no environment could be made: " + ended.output());
    }
  }
}
