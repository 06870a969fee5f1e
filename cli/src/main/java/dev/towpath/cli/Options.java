package dev.towpath.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Options that every command takes, before or after its name. */
final class Options {
  @Option(
      names = {"-C", "--directory"},
      paramLabel = "DIR",
      scope = ScopeType.INHERIT,
      description = "The project's folder (default: the working directory).")
  private Path directory = Path.of("");

  @Option(
      names = "--env",
      paramLabel = "NAME",
      scope = ScopeType.INHERIT,
      description = "The environment (default: the first in towpath.yml).")
  private @Nullable String environment;

  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      description = "Print one JSON document instead of text.")
  private boolean json;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Print stack traces of failures too.")
  private boolean debug;

  /** The same options for another project. */
  Options in(Path other) {
    Options options = new Options();
    options.directory = other;
    options.json = json;
    options.debug = debug;
    return options;
  }

  Path directory() {
    return directory.toAbsolutePath().normalize();
  }

  Optional<String> environment() {
    return Optional.ofNullable(environment);
  }

  boolean json() {
    return json;
  }

  boolean debug() {
    return debug;
  }
}
