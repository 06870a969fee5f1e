package dev.towpath.cli;

import dev.towpath.spi.CancelledException;
import dev.towpath.spi.TowpathException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The program: finds the command, runs it, and turns its end into an exit code. */
@Command(
    name = "towpath",
    description = "One folder of plain files becomes a running data platform.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      InitCommand.class,
      CheckCommand.class,
      PlanCommand.class,
      RunCommand.class,
      TestCommand.class,
      ShowCommand.class,
      QueryCommand.class,
      ExportCommand.class,
      LsCommand.class,
      LineageCommand.class,
      ServeCommand.class,
      ConnectCommand.class,
      WorkerCommand.class,
      UserCommand.class,
      TokenCommand.class,
      FlowsCommand.class,
      SimulateCommand.class,
      TriggerCommand.class,
      RunsCommand.class,
      LogsCommand.class,
      PauseCommand.class,
      CancelCommand.class,
      RetryCommand.class,
      BackfillCommand.class,
      AuditCommand.class,
      ReleasesCommand.class,
      RollbackCommand.class,
      GcCommand.class,
      EnvCommand.class,
      RestoreCommand.class,
      ImportCommand.class
    })
public final class Main {
  /** Done. */
  static final int OK = 0;

  /** The project or its data failed. */
  static final int FAILED = 1;

  /** Wrong usage. */
  static final int USAGE = 2;

  /** Ended by Ctrl-C. */
  static final int INTERRUPTED = 130;

  @Mixin private Options options = new Options();

  private Main() {}

  Options options() {
    return options;
  }

  /** Runs one command and ends the process. */
  public static void main(String[] args) {
    int code = run(args);
    Interrupts.said();
    System.exit(code);
  }

  /** Runs one command on the process's own streams; {@link WarmUp} calls it too. */
  static int run(String... args) {
    return run(args, Console.system());
  }

  /** Runs one command and returns the exit code. */
  static int run(String[] args, Console console) {
    return run(args, console, Clock.systemUTC());
  }

  /** Runs one command as if it were then. */
  static int run(String[] args, Console console, Clock clock) {
    return line(console, clock).execute(args);
  }

  /** All commands, printing there. */
  static CommandLine line(Console console) {
    return line(console, Clock.systemUTC());
  }

  private static CommandLine line(Console console, Clock clock) {
    Main main = new Main();
    CommandLine line = new CommandLine(main, new Commands(main, console, clock));
    line.setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8));
    line.setUsageHelpAutoWidth(true);
    line.setExpandAtFiles(false); // query @FILE reads SQL from it, not arguments
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler(WrongUsage.handler(console));
    line.setExecutionExceptionHandler((e, _, _) -> failed(e, main.options, console));
    return line;
  }

  /** What stopped the command, which was found when its things were closed. */
  private static Exception reason(Exception cancelled) {
    return cancelled.getSuppressed()[0] instanceof TowpathException known
        ? known
        : new IllegalStateException(cancelled);
  }

  private static int failed(Exception e, Options options, Console console) {
    if (options.debug()) {
      e.printStackTrace(console.err());
    }
    return switch (e) {
      case CancelledException _ when e.getSuppressed().length > 0 ->
          failed(reason(e), options, console);
      case CancelledException _ -> {
        console.err().println("cancelled; nothing was published");
        yield INTERRUPTED;
      }
      case UsageException usage -> {
        console.error(usage, options.json());
        yield USAGE;
      }
      case TowpathException known -> {
        console.error(known, options.json());
        yield FAILED;
      }
      default -> {
        console
            .err()
            .println(
                "error: this is a mistake in towpath itself: "
                    + e
                    + "\n  hint: --debug shows where");
        yield FAILED;
      }
    };
  }
}
