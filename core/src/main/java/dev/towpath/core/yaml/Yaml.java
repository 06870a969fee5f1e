package dev.towpath.core.yaml;

import dev.towpath.spi.Location;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Reads YAML 1.2 (core schema: {@code on} and {@code yes} are texts) into values that know their
 * places. One document a file; tags, deep nesting and alias bombs are refused.
 */
public final class Yaml {
  private static final LoadSettings SETTINGS =
      LoadSettings.builder()
          .setSchema(new CoreScalars.Schema())
          .setMaxAliasesForCollections(Integer.MAX_VALUE) // YamlGuard limits what they expand to
          .setCodePointLimit(Integer.MAX_VALUE)
          .build();

  private final SourceText source;
  private final int start;
  private final String text;
  private final Location base;
  private final Problems problems;

  private Yaml(SourceText source, int start, int end, Problems problems) {
    this.source = source;
    this.start = start;
    this.text = source.text().substring(start, end);
    this.base = source.at(start);
    this.problems = problems;
  }

  /** Reads a whole file; empty when it is broken (noted) or holds nothing. */
  public static Optional<YamlValue> read(SourceText source, Problems problems) {
    return read(source, 0, source.text().length(), problems);
  }

  /**
   * Reads a part of a file, such as a comment; places are places in the file.
   *
   * @param start 0-based UTF-16 offset of the first character
   * @param end offset after the last one
   */
  public static Optional<YamlValue> read(SourceText source, int start, int end, Problems problems) {
    Yaml yaml = new Yaml(source, start, end, problems);
    return yaml.compose().map(root -> new YamlValue(yaml, root, "the content"));
  }

  private Optional<Node> compose() {
    try {
      YamlGuard guard =
          new YamlGuard(new ParserImpl(SETTINGS, new StreamReader(SETTINGS, text)), this);
      Composer composer = new Composer(SETTINGS, guard);
      if (!composer.hasNext()) {
        return Optional.empty();
      }
      Node root = composer.next();
      boolean sound = guard.sound(root);
      if (composer.hasNext()) {
        problems.error(
            guard.here(), "a second document starts here", "keep one document in each file");
        return Optional.empty();
      }
      return sound ? Optional.of(root) : Optional.empty();
    } catch (MarkedYamlEngineException e) {
      Mistakes.note(e, this);
    } catch (ReaderException e) {
      int offset = text.offsetByCodePoints(0, Math.clamp(e.getPosition(), 0, codePoints()));
      problems.error(
          source.at(start + offset),
          String.format("the character U+%04X cannot stand in YAML", e.getCodePoint()));
    } catch (YamlEngineException e) {
      problems.error(base, "broken YAML: " + e.getMessage());
    }
    return Optional.empty();
  }

  private int codePoints() {
    return text.codePointCount(0, text.length());
  }

  Problems problems() {
    return problems;
  }

  String file() {
    return source.file();
  }

  /** The place of a mark in the file. */
  Location at(Optional<Mark> mark) {
    return mark.map(m -> at(m.getLine(), m.getColumn())).orElse(base);
  }

  /** The place of a 0-based line and column of the YAML. */
  Location at(int line, int column) {
    return new Location(
        source.file(), base.line() + line, line == 0 ? base.column() + column : column + 1);
  }

  /** The YAML's characters from a mark on. */
  String from(Mark mark) {
    return text.substring(text.offsetByCodePoints(0, mark.getIndex()));
  }
}
