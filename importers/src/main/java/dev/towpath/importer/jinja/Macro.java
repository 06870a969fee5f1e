package dev.towpath.importer.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A macro that can be called. It sees the globals, and not where it is called from. */
public final class Macro implements Function {
  private static final int DEEPEST = 200;
  private static final ThreadLocal<Integer> DEPTH = ThreadLocal.withInitial(() -> 0);

  private final Template template;
  private final Node.Define definition;
  private final Scope globals;

  /** A macro of a file over some globals. */
  public Macro(Template template, Node.Define definition, Scope globals) {
    this.template = template;
    this.definition = definition;
    this.globals = globals;
  }

  /** What {@code return} gives back, past all that is being rendered. */
  static final class Returned extends RuntimeException {
    private static final long serialVersionUID = 1L;
    final transient Object value;

    Returned(Object value) {
      super(null, null, false, false);
      this.value = value;
    }
  }

  /** dbt's {@code return}. */
  public static final Function RETURN =
      arguments -> {
        throw new Returned(arguments.get(0, "data", None.NONE));
      };

  @Override
  public Object call(Arguments arguments) {
    Scope scope = globals.inner();
    Interpreter interpreter = new Interpreter(template, scope, Listener.PLAIN);
    bind(arguments, scope, interpreter);
    int depth = DEPTH.get();
    if (depth > DEEPEST) {
      throw arguments.error(
          "the macro \"" + definition.name() + "\" calls itself without end", "stop it");
    }
    DEPTH.set(depth + 1);
    try {
      return interpreter.render(definition.body());
    } catch (Returned returned) {
      return returned.value;
    } catch (JinjaException e) {
      throw e.calledFrom(arguments.at());
    } finally {
      DEPTH.set(depth);
    }
  }

  private void bind(Arguments arguments, Scope scope, Interpreter interpreter) {
    Map<String, Object> named = new LinkedHashMap<>(arguments.named());
    int position = 0;
    for (Map.Entry<String, Optional<Expression>> parameter : definition.parameters().entrySet()) {
      String name = parameter.getKey();
      if (position < arguments.positional().size()) {
        scope.set(name, arguments.positional().get(position));
      } else if (named.containsKey(name)) {
        scope.set(name, named.remove(name));
      } else if (parameter.getValue().isPresent()) {
        scope.set(name, interpreter.value(parameter.getValue().get()));
      } else {
        scope.set(name, new Undefined(name));
      }
      position++;
    }
    List<Object> more =
        position < arguments.positional().size()
            ? arguments.positional().subList(position, arguments.positional().size())
            : List.of();
    scope.set("varargs", new ArrayList<>(more));
    Object caller = named.remove("caller");
    if (caller != null) {
      scope.set("caller", caller);
    }
    scope.set("kwargs", new LinkedHashMap<Object, Object>(named));
  }

  /** Where it is written. */
  public dev.towpath.spi.Location location() {
    return template.source().at(definition.at());
  }

  /** The names of its parameters, in order. */
  public List<String> parameters() {
    return List.copyOf(definition.parameters().keySet());
  }
}
