package dev.towpath.importer.jinja;

import java.util.List;

/** {@code loop} inside a loop. */
record LoopState(int index, List<Object> items) implements Member {
  @Override
  public Object member(String name) {
    return switch (name) {
      case "index" -> (long) index + 1;
      case "index0" -> (long) index;
      case "revindex" -> (long) items.size() - index;
      case "revindex0" -> (long) items.size() - index - 1;
      case "first" -> index == 0;
      case "last" -> index == items.size() - 1;
      case "length" -> (long) items.size();
      case "previtem" -> index == 0 ? new Undefined(name) : items.get(index - 1);
      case "nextitem" -> index == items.size() - 1 ? new Undefined(name) : items.get(index + 1);
      case "cycle" ->
          (Function) arguments -> arguments.positional().get(index % arguments.positional().size());
      default -> new Undefined(name);
    };
  }
}
