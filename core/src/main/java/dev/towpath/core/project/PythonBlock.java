package dev.towpath.core.project;

import dev.towpath.core.yaml.Problems;
import dev.towpath.core.yaml.SourceText;
import dev.towpath.core.yaml.Yaml;
import dev.towpath.core.yaml.YamlMap;
import dev.towpath.core.yaml.YamlValue;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The comment lines at the top of a Python file that hold its YAML: {@code # towpath:} and the
 * lines below it that are indented deeper. White space and other comments may stand before it.
 *
 * <p>For reading, every {@code #} becomes a space, so that all characters keep their places.
 */
final class PythonBlock {
  private static final Pattern WORD =
      Pattern.compile("#([ \\t]*)towpath[ \\t]*(:?)[ \\t]*(.*)", Pattern.CASE_INSENSITIVE);
  private static final Pattern KEY = Pattern.compile("[a-z_]+[ \\t]*:([ \\t].*)?");

  private final SourceText source;
  private final String text;
  private final Set<String> keys;
  private final Problems problems;

  private PythonBlock(SourceText source, Set<String> keys, Problems problems) {
    this.source = source;
    this.text = source.text();
    this.keys = keys;
    this.problems = problems;
  }

  /**
   * The block's keys; empty when there is no block, or nothing or no map in it.
   *
   * @param keys those that it may have
   */
  static Optional<YamlMap> read(SourceText source, Set<String> keys, Problems problems) {
    return new PythonBlock(source, keys, problems).find();
  }

  private Optional<YamlMap> find() {
    int at = 0;
    while (at < text.length()) {
      int end = lineEnd(at);
      String line = text.substring(at, end).strip();
      Matcher word = WORD.matcher(line);
      if (line.startsWith("#!") || line.isEmpty()) {
        at = next(end);
      } else if (word.matches() && (!word.group(2).isEmpty() || word.group(3).isEmpty())) {
        return block(at, end, word);
      } else if (line.startsWith("#")) {
        at = next(end);
      } else {
        break;
      }
    }
    noteLater(at);
    return Optional.empty();
  }

  private Optional<YamlMap> block(int at, int end, Matcher word) {
    int hash = text.indexOf('#', at);
    if (word.group(2).isEmpty()) {
      problems.error(source.at(hash), "the block starts with a colon", "write # towpath:");
      return Optional.empty();
    }
    if (!word.group(3).isEmpty() && !word.group(3).startsWith("#")) {
      problems.error(
          source.at(hash + word.start(3)),
          "the keys start on the line after \"towpath:\"",
          "break the line here");
      return Optional.empty();
    }
    int indent = word.group(1).length();
    int start = next(end);
    int last = start;
    StringBuilder masked = new StringBuilder(text);
    for (int line = start; line < text.length(); line = next(lineEnd(line))) {
      int stop = lineEnd(line);
      int comment = line;
      while (comment < stop && (text.charAt(comment) == ' ' || text.charAt(comment) == '\t')) {
        comment++;
      }
      if (comment == stop || text.charAt(comment) != '#') {
        break;
      }
      String content = text.substring(comment + 1, stop);
      int depth = content.length() - content.stripLeading().length();
      if (!content.isBlank() && depth <= indent) {
        noteNotIndented(comment + 1 + depth, content.strip());
        break;
      }
      masked.setCharAt(comment, ' ');
      last = next(stop);
    }
    noteLater(last);
    return Yaml.read(
            new SourceText(source.file(), masked.toString()),
            Math.min(start, text.length()),
            Math.min(last, text.length()),
            problems)
        .flatMap(YamlValue::asMap);
  }

  /** A key that would be taken for an ordinary comment. */
  private void noteNotIndented(int at, String content) {
    String name = content.split("[ \\t:]", 2)[0];
    if (KEY.matcher(content).matches() && keys.contains(name)) {
      problems.error(
          source.at(at),
          "\"" + name + "\" is not part of the towpath block, since it is not indented",
          "indent it by two spaces more than towpath:");
    }
  }

  /** A block behind the code would be ignored in silence. */
  private void noteLater(int from) {
    for (int at = from; at < text.length(); at = next(lineEnd(at))) {
      String line = text.substring(at, lineEnd(at));
      Matcher word = WORD.matcher(line);
      if (word.matches() && !word.group(2).isEmpty() && word.group(3).isEmpty()) {
        problems.error(
            source.at(at), "a towpath block can stand only once, before the code", "move it up");
        return;
      }
    }
  }

  private int lineEnd(int from) {
    int at = Math.min(from, text.length());
    while (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
      at++;
    }
    return at;
  }

  /** Where the line after the one that ends there starts. */
  private int next(int end) {
    return text.startsWith("\r\n", end) ? end + 2 : end + 1;
  }
}
