package dev.towpath.task.python.environment;

import dev.towpath.spi.PythonPackages;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Installs with the venv and pip that come with Python. What a pyproject.toml asks for, and the
 * versions of a uv.lock, are read by {@code _requires.py} of the Python package.
 *
 * @param home the folder that holds the Python package
 * @param variables the environment that it runs in
 */
record Pip(Path home, Map<String, String> variables) implements Installer {
  private static final Map<String, String> QUIET =
      Map.of("PIP_NO_COLOR", "1", "NO_COLOR", "1", "PYTHONUNBUFFERED", "1");

  @Override
  public String name() {
    return "pip";
  }

  @Override
  public void install(
      Path environment, Interpreter interpreter, Requirements requirements, Progress progress) {
    String base = interpreter.executable().toString();
    Command.Ended made =
        Command.run(
            requirements.root(),
            Command.with(variables, QUIET),
            List.of(base, "-m", "venv", environment.toString()),
            _ -> {});
    if (!made.good()) {
      throw noVenv(made, base);
    }
    Path python = environment.resolve("bin").resolve("python");
    List<String> files =
        requirements.kind() == PythonPackages.Kind.REQUIREMENTS
            ? List.of("-r", requirements.file())
            : new ProjectFile(home, variables).arguments(environment, python, requirements);
    if (isEmpty(requirements.root().resolve(files.get(1)))) {
      return; // it asks for no packages, which is an environment, too
    }
    List<String> words =
        new ArrayList<>(
            List.of(
                python.toString(),
                "-m",
                "pip",
                "install",
                "--disable-pip-version-check",
                "--no-input",
                "--progress-bar",
                "off"));
    words.addAll(files);
    Command.Ended ended =
        Command.run(
            requirements.root(),
            Command.with(Command.with(variables, QUIET), retries()),
            words,
            line -> tell(progress, line.strip()));
    if (!ended.good()) {
      throw new InstallFailure("pip", requirements, ended).told();
    }
  }

  /** Why a connection failed pip only says when it tries again. */
  private Map<String, String> retries() {
    return variables.getOrDefault("PIP_RETRIES", "").equals("0")
        ? Map.of("PIP_RETRIES", "1")
        : Map.of();
  }

  private static TowpathException noVenv(Command.Ended made, String base) {
    if (made.text().contains("ensurepip") || made.text().contains("No module named venv")) {
      return new TowpathException(
          base + " comes without venv and pip",
          "install them (python3-venv on Debian and Ubuntu), or install uv");
    }
    return new TowpathException(
        base + " cannot make an environment: " + InstallFailure.lastLine(made),
        "set TOWPATH_PYTHON to another Python, or install uv");
  }

  private static boolean isEmpty(Path file) {
    try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
      return lines.map(String::strip).allMatch(l -> l.isEmpty() || l.startsWith("#"));
    } catch (IOException e) {
      throw new TowpathException("cannot read " + file + ": " + e.getMessage(), null, e);
    }
  }

  private static void tell(Progress progress, String line) {
    if (line.startsWith("Collecting ") || line.startsWith("Installing collected packages")) {
      String told = line.replaceFirst(" \\(from .*", "");
      progress.line(told.substring(0, 1).toLowerCase(Locale.ROOT) + told.substring(1));
    } else if (line.startsWith("Building wheel for ")) {
      progress.line(line.replaceFirst("Building wheel for (\\S+).*", "building $1"));
    }
  }
}
