package dev.towpath.cli;

import dev.towpath.spi.Names;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What was wrong with a command line, in the words of all other messages. */
final class WrongUsage {
  private WrongUsage() {}

  static UsageException of(ParameterException e) {
    CommandSpec command = e.getCommandLine().getCommandSpec();
    String help = command.qualifiedName() + " --help";
    return switch (e) {
      case UnmatchedArgumentException unmatched -> unmatched(unmatched, command, help);
      case MissingParameterException missing ->
          new UsageException(
              missing.getMissing().stream()
                      .map(WrongUsage::name)
                      .collect(Collectors.joining(" and "))
                  + (isOption(missing) ? " needs a value" : " is missing"),
              help);
      case OverwrittenOptionException twice ->
          new UsageException(name(twice.getArgSpec()) + " is given twice", "keep one");
      default -> value(e, help);
    };
  }

  private static boolean isOption(MissingParameterException missing) {
    return missing.getMissing().stream().allMatch(ArgSpec::isOption);
  }

  private static UsageException unmatched(
      UnmatchedArgumentException e, CommandSpec command, String help) {
    String word = e.getUnmatched().getFirst();
    if (word.startsWith("-") && word.length() > 1) {
      String option = word.replaceFirst("=.*", "");
      return new UsageException(
          "unknown option \"" + option + "\"", near(option, options(command)).orElse(help));
    }
    if (command.subcommands().isEmpty()) {
      return new UsageException("\"" + word + "\" is one word too many", help);
    }
    return new UsageException(
        "unknown command \"" + word + "\"",
        near(word, List.copyOf(command.subcommands().keySet())).orElse(help));
  }

  private static List<String> options(CommandSpec command) {
    List<String> names = new ArrayList<>();
    for (@Nullable CommandSpec at = command; at != null; at = at.parent()) {
      at.options().forEach(o -> names.addAll(Arrays.asList(o.names())));
    }
    return names.stream().filter(n -> n.startsWith("--")).toList();
  }

  private static Optional<String> near(String word, List<String> known) {
    return Names.nearest(word, known).map(n -> "did you mean \"" + n + "\"?");
  }

  private static UsageException value(ParameterException e, String help) {
    ArgSpec argument = e.getArgSpec();
    String value = e.getValue();
    if (argument == null || value == null) {
      String message = String.valueOf(e.getMessage());
      return new UsageException(
          message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1), help);
    }
    Class<?> type = argument.type();
    String hint = help;
    if (type.isEnum()) {
      hint =
          "use one of "
              + Arrays.stream(type.getEnumConstants())
                  .map(c -> c.toString().toLowerCase(Locale.ROOT))
                  .collect(Collectors.joining(", "));
    } else if (type == int.class || type == Integer.class || type == Long.class) {
      hint = "write a whole number";
    } else if (type == double.class) {
      hint = "write a number";
    }
    return new UsageException(name(argument) + " cannot be \"" + value + "\"", hint);
  }

  private static String name(ArgSpec argument) {
    return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
  }

  /** A number of things to show. */
  static int positive(String option, int number) {
    if (number < 1) {
      throw new UsageException(
          option + " cannot be \"" + number + "\"", "write a number of rows, 1 or more");
    }
    return number;
  }

  /** Prints it, as JSON when the words ask for that. */
  static CommandLine.IParameterExceptionHandler handler(Console console) {
    return (e, words) -> {
      console.error(of(e), Arrays.asList(words).contains("--json"));
      return Main.USAGE;
    };
  }
}
