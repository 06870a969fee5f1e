package dev.towpath.cli;

import java.time.Clock;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What all commands share: the global options and where to print. */
@Command
abstract class BaseCommand implements Callable<Integer> {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // it ends the command before anything could ask
  private boolean help;

  private @Nullable Options options;
  private @Nullable Console console;
  private @Nullable Clock clock;

  final void wire(Options globalOptions, Console where, Clock time) {
    this.options = globalOptions;
    this.console = where;
    this.clock = time;
  }

  final Options options() {
    return Objects.requireNonNull(options);
  }

  final Console console() {
    return Objects.requireNonNull(console);
  }

  final boolean json() {
    return options().json();
  }

  final Clock clock() {
    return Objects.requireNonNull(clock);
  }

  final Platform platform() {
    return new Platform(options(), clock());
  }
}
