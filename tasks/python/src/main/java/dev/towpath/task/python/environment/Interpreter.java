package dev.towpath.task.python.environment;

import dev.towpath.spi.TowpathException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A Python on this machine.
 *
 * @param executable the file to start
 * @param version such as 3.11.7
 * @param platform what compiled packages depend on, such as {@code linux-x86_64 cpython-311}
 */
record Interpreter(Path executable, String version, String platform) {
  static final int MAJOR = 3;
  static final int MINOR = 9;

  private static final String ASK =
      "import sys, sysconfig; print('%d.%d.%d' % sys.version_info[:3]);"
          + " print(sysconfig.get_platform(), sys.implementation.cache_tag); print(sys.executable)";

  /**
   * Asks a program what Python it is.
   *
   * @throws TowpathException when it is none, or too old
   */
  static Interpreter of(Path program, String from, Path directory) {
    Command.Ended said =
        Command.run(directory, Map.of(), List.of(program.toString(), "-I", "-c", ASK), _ -> {});
    List<String> lines = said.lines().stream().filter(l -> !l.isBlank()).toList();
    if (!said.good() || lines.size() < 3) {
      throw new TowpathException(
          from + " is " + program + ", which is no Python that runs",
          "set TOWPATH_PYTHON to Python " + MAJOR + "." + MINOR + " or newer");
    }
    // A shim prints before it starts the real one, never after.
    List<String> answer = lines.subList(lines.size() - 3, lines.size());
    Path real = Path.of(answer.get(2));
    Interpreter found =
        new Interpreter(Files.isExecutable(real) ? real : program, answer.get(0), answer.get(1));
    if (!found.isNewEnough()) {
      throw new TowpathException(
          from + " is Python " + found.version() + " (" + program + "), which is too old",
          "install Python " + MAJOR + "." + MINOR + " or newer, or set TOWPATH_PYTHON to one");
    }
    return found;
  }

  private boolean isNewEnough() {
    String[] parts = version.split("\\.", -1);
    int major = Integer.parseInt(parts[0]);
    return major > MAJOR || (major == MAJOR && Integer.parseInt(parts[1]) >= MINOR);
  }
}
