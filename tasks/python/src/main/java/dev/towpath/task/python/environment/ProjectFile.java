package dev.towpath.task.python.environment;

import dev.towpath.spi.Location;
import dev.towpath.spi.Problem;
import dev.towpath.spi.PythonPackages;
import dev.towpath.spi.TowpathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks at a pyproject.toml and its uv.lock before anything is installed, so that both tools refuse
 * the same things in the same words. {@code _requires.py} of the Python package reads them.
 *
 * @param home the folder that holds the Python package
 * @param variables the environment that it runs in
 */
record ProjectFile(Path home, Map<String, String> variables) {
  private static final Pattern ERROR =
      Pattern.compile("^ERROR: ([^:]+):(\\d+):(\\d+): (.+)$", Pattern.MULTILINE);
  private static final Pattern HINT = Pattern.compile("^HINT: (.+)$", Pattern.MULTILINE);

  /** Refuses what cannot be installed as it stands. */
  void check(Path python, Requirements requirements) {
    if (requirements.kind() != PythonPackages.Kind.REQUIREMENTS) {
      run(python, requirements, List.of());
    }
  }

  /** Writes what it asks for as files for pip; its arguments. */
  List<String> arguments(Path environment, Path python, Requirements requirements) {
    Path wanted = environment.resolve("towpath-requirements.txt");
    Path locked = environment.resolve("towpath-constraints.txt");
    run(python, requirements, List.of(wanted.toString(), locked.toString()));
    return List.of("-r", wanted.toString(), "-c", locked.toString());
  }

  private void run(Path python, Requirements requirements, List<String> more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                python.toString(),
                "-I",
                "-X",
                "utf8",
                home.resolve("towpath").resolve("_requires.py").toString(),
                requirements.root().toString()));
    words.addAll(more);
    Command.Ended ended = Command.run(requirements.root(), variables, words, _ -> {});
    if (!ended.good()) {
      throw refused(requirements, ended);
    }
  }

  private static TowpathException refused(Requirements requirements, Command.Ended ended) {
    Matcher error = ERROR.matcher(ended.text());
    if (!error.find()) {
      return new InstallFailure("pip", requirements, ended).told();
    }
    Location at =
        new Location(
            error.group(1), Integer.parseInt(error.group(2)), Integer.parseInt(error.group(3)));
    Matcher hint = HINT.matcher(ended.text());
    return new TowpathException(
        List.of(
            hint.find()
                ? Problem.error(at, error.group(4), hint.group(1))
                : Problem.error(at, error.group(4))));
  }
}
