package dev.towpath.importer.jinja;

import java.util.LinkedHashMap;
import java.util.Map;

/** What {@code namespace(x=0)} makes: variables that a loop can set for what stands after it. */
final class Namespace implements Member {
  private final Map<String, Object> values = new LinkedHashMap<>();

  Namespace(Map<String, Object> values) {
    this.values.putAll(values);
  }

  void set(String name, Object value) {
    values.put(name, value);
  }

  @Override
  public Object member(String name) {
    Object value = values.get(name);
    return value == null ? new Undefined(name) : value;
  }
}
