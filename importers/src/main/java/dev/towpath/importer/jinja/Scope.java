package dev.towpath.importer.jinja;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The variables that a part of a template sees, its own over those around it. */
public final class Scope {
  private final @Nullable Scope outer;
  private final Map<String, Object> values = new HashMap<>();

  private Scope(@Nullable Scope outer) {
    this.outer = outer;
  }

  /** The outermost scope, with these globals. */
  public static Scope of(Map<String, ?> globals) {
    Scope scope = new Scope(null);
    scope.values.putAll(globals);
    return scope;
  }

  /** A scope inside this one. */
  public Scope inner() {
    return new Scope(this);
  }

  /** Sets a variable here. */
  public void set(String name, Object value) {
    values.put(name, value);
  }

  /** A variable of here or further out, or an {@link Undefined}. */
  public Object get(String name) {
    for (Scope scope = this; scope != null; scope = scope.outer) {
      Object value = scope.values.get(name);
      if (value != null) {
        return value;
      }
    }
    return new Undefined(name);
  }
}
