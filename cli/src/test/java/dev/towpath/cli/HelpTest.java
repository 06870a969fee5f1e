package dev.towpath.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * {@code docs/commands.md} holds every command's help, word for word. Rewritten with {@code
 * -Dgolden.rewrite=true}.
 */
class HelpTest {
  private static final Path PAGE = Path.of("../docs/commands.md");
  private static final String START = "## towpath\n";

  @Test
  void thePageIsWhatHelpPrints() throws IOException {
    String page = Files.readString(PAGE);
    String head = page.substring(0, page.indexOf(START));
    StringBuilder expected = new StringBuilder(head);
    List<String> sections = new ArrayList<>();
    commands(Main.line(console(new ByteArrayOutputStream())).getCommandSpec(), sections);
    expected.append(String.join("\n", sections));
    if (Boolean.getBoolean("golden.rewrite")) {
      Files.writeString(PAGE, expected);
    }
    assertThat(Files.readString(PAGE)).isEqualTo(expected.toString());
  }

  @Test
  void everyOptionAndArgumentIsDescribed() {
    described(Main.line(console(new ByteArrayOutputStream())).getCommandSpec());
  }

  private static void commands(CommandSpec command, List<String> sections) {
    String name = command.qualifiedName();
    sections.add("## " + name + "\n\n```\n" + help(name) + "```\n");
    for (CommandLine sub : command.subcommands().values()) {
      commands(sub.getCommandSpec(), sections);
    }
  }

  private static String help(String name) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    List<String> words = new ArrayList<>(List.of(name.split(" ")));
    words.removeFirst();
    words.add("--help");
    assertThat(Main.run(words.toArray(String[]::new), console(out))).as(name).isZero();
    return out.toString(UTF_8);
  }

  private static Console console(ByteArrayOutputStream out) {
    PrintStream both = new PrintStream(out, true, UTF_8);
    return new Console(both, both, false);
  }

  private static void described(CommandSpec command) {
    assertThat(command.usageMessage().description()).as(command.qualifiedName()).isNotEmpty();
    for (OptionSpec option : command.options()) {
      assertThat(option.description()).as(option.longestName()).isNotEmpty();
    }
    command.positionalParameters().forEach(p -> assertThat(p.description()).isNotEmpty());
    command.subcommands().values().forEach(c -> described(c.getCommandSpec()));
  }
}
