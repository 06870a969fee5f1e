package dev.towpath.importer.jinja;

import dev.towpath.spi.Location;
import java.util.Optional;
import java.util.function.Supplier;

/** Is asked about the nodes of a file's top level, outside of macros, while they are rendered. */
public interface Listener {
  /** Renders everything as Jinja does, and leaves comments out. */
  Listener PLAIN = new Listener() {};

  /** What to write for an output in place of its text. */
  default Optional<String> output(Expression value, Object result, Location at) {
    return Optional.empty();
  }

  /**
   * What to write for an {@code if} in place of what it renders.
   *
   * @param body renders the first branch
   */
  default Optional<String> branch(Node.If block, Supplier<String> body, Location at) {
    return Optional.empty();
  }

  /** Whether comments are kept, as SQL comments. */
  default boolean keepsComments() {
    return false;
  }
}
