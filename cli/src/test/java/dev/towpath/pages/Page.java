package dev.towpath.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A page of documentation and the code in it, which tests run as it stands there. */
public final class Page {
  private static final Path ROOT = Path.of("..");
  private static final String INDENT = "    ";
  private static final String FENCE = "```";

  private final String name;
  private final List<Block> blocks = new ArrayList<>();

  /**
   * Some lines of code.
   *
   * @param heading what they stand under
   * @param language what stands behind a fence; empty for lines that are set in
   * @param line where they begin, counted from 1
   */
  public record Block(String heading, String language, String text, int line) {}

  private Page(String name) {
    this.name = name;
  }

  /** A page by its path in the repository, such as {@code docs/models.md}. */
  public static Page read(String name) {
    try {
      Page page = new Page(name);
      page.find(Files.readAllLines(ROOT.resolve(name)));
      return page;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All pages that people read. */
  public static List<Page> all() {
    return Stream.of("", "docs", "examples/flights", "examples/shop", "examples/tpch")
        .flatMap(folder -> {
          try (Stream<Path> files = Files.list(ROOT.resolve(folder))) {
            return files
                .map(f -> ROOT.relativize(f.normalize()).toString())
                .filter(f -> f.endsWith(".md"))
                .sorted()
                .toList()
                .stream();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        })
        .map(Page::read)
        .toList();
  }

  public String name() {
    return name;
  }

  /** All of its code, in order. */
  public List<Block> blocks() {
    return List.copyOf(blocks);
  }

  /** The code under a heading. */
  public List<Block> under(String heading) {
    List<Block> found = blocks.stream().filter(b -> b.heading().equals(heading)).toList();
    assertThat(found).as("code under \"%s\" of %s", heading, name).isNotEmpty();
    return found;
  }

  /** The one block that has some text in it. */
  public Block with(String text) {
    List<Block> found = blocks.stream().filter(b -> b.text().contains(text)).toList();
    assertThat(found).as("code of %s with \"%s\" in it", name, text).hasSize(1);
    return found.getFirst();
  }

  /** The block that comes next: what a command is said to print. */
  public Block after(Block block) {
    return blocks.get(blocks.indexOf(block) + 1);
  }

  /** What a page shows of an output, as a pattern: a line {@code ...} is any lines. */
  public static Pattern output(String shown) {
    return Pattern.compile(
        shown
            .lines()
            .map(line -> line.equals("...") ? "(?:.*\\R)*?" : Pattern.quote(line) + "\\s*?\\R")
            .collect(Collectors.joining()));
  }

  private void find(List<String> lines) {
    String heading = "";
    boolean blank = true;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.startsWith(FENCE)) {
        String fence = line.replaceFirst("[^`].*", "");
        int end = i + 1;
        while (!lines.get(end).equals(fence)) {
          end++;
        }
        add(heading, line.substring(fence.length()), lines.subList(i + 1, end), i + 2);
        i = end;
      } else if (blank && line.startsWith(INDENT)) {
        int end = i;
        while (end < lines.size()
            && (lines.get(end).startsWith(INDENT) || lines.get(end).isBlank())) {
          end++;
        }
        add(heading, "", lines.subList(i, end), i + 1);
        i = end - 1;
      } else if (line.startsWith("#")) {
        heading = line.replaceFirst("^#+ ", "");
      }
      blank = line.isBlank() || line.startsWith(INDENT);
    }
  }

  private void add(String heading, String language, List<String> lines, int line) {
    int cut = language.isEmpty() && lines.getFirst().startsWith(INDENT) ? INDENT.length() : 0;
    String text =
        lines.stream()
            .map(l -> l.substring(Math.min(cut, l.length())))
            .collect(Collectors.joining("\n"))
            .stripTrailing();
    blocks.add(new Block(heading, language, text + "\n", line));
  }
}
