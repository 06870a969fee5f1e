package dev.towpath.importer.jinja;

import dev.towpath.spi.Location;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a call passes.
 *
 * @param at the place of the call
 */
public record Arguments(List<Object> positional, Map<String, Object> named, Location at) {
  public Arguments {
    positional = List.copyOf(positional);
    named = new LinkedHashMap<>(named);
  }

  /** The argument at a position or of a name; undefined when neither is there. */
  public Object get(int position, String name) {
    if (position < positional.size()) {
      return positional.get(position);
    }
    Object value = named.get(name);
    return value == null ? new Undefined(name) : value;
  }

  /** The argument, or another value when it is not given. */
  public Object get(int position, String name, Object otherwise) {
    Object value = get(position, name);
    return value instanceof Undefined ? otherwise : value;
  }

  /** The argument as text. */
  public String text(int position, String name) {
    Object value = get(position, name);
    if (value instanceof Undefined) {
      throw error("the argument \"" + name + "\" is missing", "give it");
    }
    return Values.text(value);
  }

  /** The argument as text, or another one when it is not given. */
  public String text(int position, String name, String otherwise) {
    Object value = get(position, name);
    return value instanceof Undefined || value == None.NONE ? otherwise : Values.text(value);
  }

  /** The items of an argument that can be walked through; none when it is not given. */
  public List<Object> items(int position, String name) {
    Object value = get(position, name);
    return value instanceof Undefined || value == None.NONE ? List.of() : Values.items(value, at);
  }

  /** Whether the argument is given and true. */
  public boolean truth(int position, String name, boolean otherwise) {
    Object value = get(position, name);
    return value instanceof Undefined ? otherwise : Values.truth(value);
  }

  /** A failure at the place of the call. */
  public JinjaException error(String what, String hint) {
    return new JinjaException(at, what, hint);
  }
}
