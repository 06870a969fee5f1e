package dev.towpath.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.towpath.pages.Page;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Every command line of every page is one that the program takes. */
class CommandLinesTest {
  private static final Pattern COMMAND = Pattern.compile("^ *(?:\\./)?towpath [a-z-].*");

  /** Prints the words of a command, as a shell makes them, in place of running it. */
  private static final String WORDS =
      "set -f; towpath() { printf '%s\\0' \"$@\" >&3; printf '\\n' >&3; }; exec 3>&1; ";

  @TempDir private Path empty;

  private record Line(String page, int number, String text) {}

  @Test
  void everyOneIsTaken() throws IOException {
    List<Line> lines = new ArrayList<>();
    for (Page page : Page.all()) {
      for (Page.Block block : page.blocks()) {
        List<String> all = block.text().lines().toList();
        for (int i = 0; i < all.size(); i++) {
          if (COMMAND.matcher(all.get(i)).matches()) {
            lines.add(new Line(page.name(), block.line() + i, all.get(i)));
          }
        }
      }
    }
    assertThat(lines).hasSizeGreaterThan(80);
    CommandLine program =
        Main.line(
            new Console(
                new PrintStream(OutputStream.nullOutputStream(), false, UTF_8),
                new PrintStream(OutputStream.nullOutputStream(), false, UTF_8),
                false));
    for (Line line : lines) {
      String[] words = words(line.text().strip().replaceFirst("^\\./", ""));
      assertThatCode(() -> program.parseArgs(words))
          .as("%s:%d: %s", line.page(), line.number(), line.text())
          .doesNotThrowAnyException();
    }
  }

  private String[] words(String line) throws IOException {
    Process shell =
        new ProcessBuilder(List.of("bash", "-c", WORDS + line))
            .directory(empty.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String words = new String(shell.getInputStream().readAllBytes(), UTF_8);
    assertThat(words).as(line).endsWith("\0\n");
    return words.substring(0, words.length() - 2).split("\0", -1);
  }
}
