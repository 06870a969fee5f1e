package dev.towpath.core.project;

import dev.towpath.core.yaml.Problems;
import dev.towpath.core.yaml.SourceText;
import dev.towpath.core.yaml.Yaml;
import dev.towpath.core.yaml.YamlMap;
import dev.towpath.core.yaml.YamlValue;
import java.util.Optional;

/** Reads the YAML in an SQL file's block comment. */
final class HeaderReader {
  private HeaderReader() {}

  /** The block's keys; empty when there is no block, or nothing or no map in it. */
  static Optional<YamlMap> read(SourceText source, Problems problems) {
    return HeaderBlock.find(source, problems)
        .filter(block -> startsOnItsOwnLine(source, block, problems))
        .flatMap(block -> Yaml.read(source, block.yamlStart(), block.yamlEnd(), problems))
        .flatMap(YamlValue::asMap);
  }

  /** Keys behind the opening word would be indented differently from those below. */
  private static boolean startsOnItsOwnLine(
      SourceText source, HeaderBlock block, Problems problems) {
    String yaml = source.text().substring(block.yamlStart(), block.yamlEnd());
    int lineEnd = 0;
    while (lineEnd < yaml.length()
        && yaml.charAt(lineEnd) != '\n'
        && yaml.charAt(lineEnd) != '\r') {
      lineEnd++;
    }
    String first = yaml.substring(0, lineEnd);
    if (first.isBlank() || first.strip().startsWith("#") || yaml.substring(lineEnd).isBlank()) {
      return true;
    }
    int word = first.length() - first.stripLeading().length();
    problems.error(
        source.at(block.yamlStart() + word),
        "the keys start on the line after \"towpath\"",
        "break the line here");
    return false;
  }
}
