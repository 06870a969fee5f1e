package dev.towpath.cli;

import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Makes commands, each with the options and the console that it works with. */
final class Commands implements IFactory {
  private final Main main;
  private final Console console;

  Commands(Main main, Console console) {
    this.main = main;
    this.console = console;
  }

  @Override
  public <K> K create(Class<K> type) throws Exception {
    if (BaseCommand.class.isAssignableFrom(type)) {
      K command = type.getDeclaredConstructor().newInstance();
      ((BaseCommand) command).wire(main.options(), console);
      return command;
    }
    return CommandLine.defaultFactory().create(type);
  }
}
