package dev.towpath.task.python.environment;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Installs with uv.
 *
 * @param variables the environment that it runs in
 */
record Uv(Path program, Map<String, String> variables) implements Installer {
  @Override
  public String name() {
    return "uv";
  }

  @Override
  public void install(
      Path environment, Interpreter interpreter, Requirements requirements, Progress progress) {
    String python = environment.resolve("bin").resolve("python").toString();
    run(
        environment,
        requirements,
        progress,
        List.of(
            program.toString(),
            "venv",
            "--no-config",
            "--python",
            interpreter.executable().toString(),
            environment.toString()));
    List<String> install =
        switch (requirements.kind()) {
          // All packages of the lock in their versions; the project itself is no package.
          case UV_LOCK ->
              List.of(
                  program.toString(),
                  "sync",
                  "--locked",
                  "--no-install-project",
                  "--no-dev",
                  "--compile-bytecode",
                  "--python",
                  python);
          default ->
              List.of(
                  program.toString(),
                  "pip",
                  "install",
                  "--compile-bytecode",
                  "--python",
                  python,
                  "-r",
                  requirements.file());
        };
    run(environment, requirements, progress, install);
  }

  private void run(
      Path environment, Requirements requirements, Progress progress, List<String> words) {
    Command.Ended ended =
        Command.run(
            requirements.root(),
            Command.with(
                variables,
                Map.of(
                    "UV_PROJECT_ENVIRONMENT", environment.toString(),
                    "UV_NO_PROGRESS", "1",
                    "NO_COLOR", "1")),
            words,
            line -> {
              String told = line.strip();
              if (told.matches("(Resolved|Downloading|Building|Built|Prepared|Installed) .*")) {
                progress.line(
                    told.substring(0, 1).toLowerCase(java.util.Locale.ROOT) + told.substring(1));
              }
            });
    if (!ended.good()) {
      throw new InstallFailure("uv", requirements, ended).told();
    }
  }
}
