package dev.towpath.core.yaml;

import dev.towpath.spi.Location;
import java.util.Set;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.ParserException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.parser.Parser;

/**
 * Stands between the parser and the composer, which calls itself for every level: stops nesting
 * before the stack does, and afterwards aliases that would expand without bound.
 */
final class YamlGuard implements Parser {
  static final String TOO_DEEP = "nested too deeply";
  private static final int DEEPEST = 64;
  private static final int MOST_NODES = 500_000;
  private static final Set<Tag> TAGS =
      Set.of(Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.NULL, Tag.SEQ, Tag.MAP);

  private final Parser parser;
  private final Yaml yaml;
  private int depth;
  private int nodes;

  YamlGuard(Parser parser, Yaml yaml) {
    this.parser = parser;
    this.yaml = yaml;
  }

  /** The place of the next event. */
  Location here() {
    return yaml.at(parser.peekEvent().getStartMark());
  }

  @Override
  public boolean checkEvent(Event.ID id) {
    return parser.checkEvent(id);
  }

  @Override
  public Event peekEvent() {
    return parser.peekEvent();
  }

  @Override
  public boolean hasNext() {
    return parser.hasNext();
  }

  @Override
  public Event next() {
    Event event = parser.next();
    switch (event.getEventId()) {
      case SequenceStart, MappingStart -> depth++;
      case SequenceEnd, MappingEnd -> depth--;
      default -> {}
    }
    if (depth > DEEPEST) {
      throw new ParserException(TOO_DEEP, event.getStartMark());
    }
    return event;
  }

  /** Whether the tree, aliases expanded, is small enough to walk; notes it when not. */
  boolean sound(Node root) {
    return walk(root, 0);
  }

  private boolean walk(Node node, int level) {
    if (level > DEEPEST || ++nodes > MOST_NODES) {
      yaml.problems()
          .error(
              yaml.at(node.getStartMark()),
              "the aliases (*name) in this file expand to far too much",
              "write the values out");
      return false;
    }
    if (!TAGS.contains(node.getTag())) {
      yaml.problems()
          .error(
              yaml.at(node.getStartMark()),
              "the tag \"" + node.getTag().getValue() + "\" is not supported",
              "put quotes around a text that starts with !");
      return false;
    }
    return switch (node) {
      case SequenceNode list -> {
        boolean sound = true;
        for (Node item : list.getValue()) {
          sound = sound && walk(item, level + 1);
        }
        yield sound;
      }
      case MappingNode map -> {
        boolean sound = true;
        for (NodeTuple entry : map.getValue()) {
          sound =
              sound && walk(entry.getKeyNode(), level + 1) && walk(entry.getValueNode(), level + 1);
        }
        yield sound;
      }
      default -> true;
    };
  }
}
