package dev.towpath.cli;

import java.time.Clock;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Makes commands, each with the options, the console and the clock that it works with. */
final class Commands implements IFactory {
  private final Main main;
  private final Console console;
  private final Clock clock;

  Commands(Main main, Console console, Clock clock) {
    this.main = main;
    this.console = console;
    this.clock = clock;
  }

  @Override
  public <K> K create(Class<K> type) throws Exception {
    if (BaseCommand.class.isAssignableFrom(type)) {
      K command = type.getDeclaredConstructor().newInstance();
      ((BaseCommand) command).wire(main.options(), console, clock);
      return command;
    }
    return CommandLine.defaultFactory().create(type);
  }
}
