package dev.towpath.importer.jinja;

import dev.towpath.spi.Location;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Renders the nodes of one file. */
public final class Interpreter {
  private static final Pattern SPACED_BEFORE = Pattern.compile("(?s).*[\\s(,=]|");

  private final Template template;
  private final Scope globals;
  private final Listener listener;
  private final Evaluator evaluator;
  private int nested;

  /** Renders a file's nodes in a scope. */
  public Interpreter(Template template, Scope scope, Listener listener) {
    this.template = template;
    this.globals = scope;
    this.listener = listener;
    this.evaluator = new Evaluator(template.source());
  }

  /** Renders nodes in the scope itself: what they set stays there. */
  public String render(List<Node> nodes) {
    StringBuilder out = new StringBuilder();
    render(nodes, globals, out);
    return out.toString();
  }

  /** The value of an expression. */
  public Object value(Expression expression) {
    return evaluator.value(expression, globals);
  }

  private void render(List<Node> nodes, Scope scope, StringBuilder out) {
    for (int i = 0; i < nodes.size(); i++) {
      switch (nodes.get(i)) {
        case Node.Text text -> out.append(text.text());
        case Node.Comment comment -> comment(comment, out);
        case Node.Output output ->
            output(output, i + 1 < nodes.size() ? nodes.get(i + 1) : null, scope, out);
        case Node.If block -> branch(block, scope, out);
        case Node.For loop -> loop(loop, scope, out);
        case Node.Assign assign -> assign(assign, scope);
        case Node.Capture capture -> scope.set(capture.name(), captured(capture.body(), scope));
        case Node.Do call -> evaluator.value(call.value(), scope);
        case Node.Define macro -> scope.set(macro.name(), new Macro(template, macro, scope));
        case Node.CallBlock call -> out.append(Values.text(call(call, scope)));
        case Node.FilterBlock filter ->
            out.append(
                Values.text(
                    Filters.apply(
                        filter.name(),
                        captured(filter.body(), scope),
                        new Arguments(List.of(), Map.of(), at(filter.at())))));
        case Node.Block block ->
            throw new JinjaException(
                at(block.at()),
                "a " + block.kind() + " cannot stand here",
                "write what it stands for by hand");
      }
    }
  }

  private void comment(Node.Comment comment, StringBuilder out) {
    if (nested > 0 || !listener.keepsComments() || comment.text().isBlank()) {
      return;
    }
    String text = comment.text().strip();
    if (!comment.alone()) {
      out.append("/* ")
          .append(text.replaceAll("\\s*\\n\\s*", " ").replace("*/", "* /"))
          .append(" */");
      return;
    }
    if (comment.indent() > 0 || !out.substring(out.lastIndexOf("\n") + 1).isBlank()) {
      out.append('\n').append(" ".repeat(comment.indent()));
    }
    String indent = out.substring(out.lastIndexOf("\n") + 1);
    List<String> lines = new ArrayList<>();
    text.lines().forEach(line -> lines.add(("-- " + line.strip()).stripTrailing()));
    out.append(String.join("\n" + indent, lines)).append('\n');
  }

  private void output(
      Node.Output output,
      @org.jspecify.annotations.Nullable Node after,
      Scope scope,
      StringBuilder out) {
    Object value = evaluator.value(output.value(), scope);
    Location at = at(output.at());
    if (nested == 0) {
      Optional<String> other = listener.output(output.value(), value, at);
      if (other.isPresent()) {
        out.append(other.get());
        return;
      }
    }
    if (value == None.NONE) {
      out.append("None");
      return;
    }
    String text = Values.text(value);
    boolean called = output.value() instanceof Expression.Call && value instanceof String;
    out.append(called && mayStrip(out, after) ? placed(text, out) : text);
  }

  /** A macro's result may lose the space around it unless it stands inside of a quoted text. */
  private static boolean mayStrip(
      StringBuilder out, @org.jspecify.annotations.Nullable Node after) {
    int line = out.lastIndexOf("\n") + 1;
    String before = out.substring(line);
    boolean spacedAfter =
        !(after instanceof Node.Text text)
            || text.text().isEmpty()
            || Character.isWhitespace(text.text().charAt(0))
            || ",);:".indexOf(text.text().charAt(0)) >= 0;
    return spacedAfter
        && SPACED_BEFORE.matcher(before).matches()
        && before.chars().filter(c -> c == '\'').count() % 2 == 0;
  }

  /** Several lines are indented like the place where they stand. */
  private static String placed(String text, StringBuilder out) {
    String stripped = text.strip();
    if (!stripped.contains("\n") || stripped.chars().filter(c -> c == '\'').count() % 2 != 0) {
      return stripped;
    }
    int line = out.lastIndexOf("\n") + 1;
    int indent = line;
    while (indent < out.length() && out.charAt(indent) == ' ') {
      indent++;
    }
    String all = text.strip().equals(text) ? text : text.replaceAll("^\\s*\\n", "").stripTrailing();
    return all.stripIndent().strip().replace("\n", "\n" + " ".repeat(indent - line));
  }

  private void branch(Node.If block, Scope scope, StringBuilder out) {
    if (nested == 0) {
      Optional<String> other =
          listener.branch(
              block, () -> captured(block.branches().getFirst().body(), scope), at(block.at()));
      if (other.isPresent()) {
        out.append(other.get());
        return;
      }
    }
    for (Node.Branch branch : block.branches()) {
      if (branch.test().isEmpty() || Values.truth(evaluator.value(branch.test().get(), scope))) {
        render(branch.body(), scope, out);
        return;
      }
    }
  }

  private void loop(Node.For loop, Scope scope, StringBuilder out) {
    List<Object> items = new ArrayList<>();
    for (Object item : Values.items(evaluator.value(loop.items(), scope), at(loop.at()))) {
      if (loop.test().isPresent()) {
        Scope inner = scope.inner();
        unpack(loop.names(), item, inner, at(loop.at()));
        if (!Values.truth(evaluator.value(loop.test().get(), inner))) {
          continue;
        }
      }
      items.add(item);
    }
    nested++;
    for (int i = 0; i < items.size(); i++) {
      Scope inner = scope.inner();
      unpack(loop.names(), items.get(i), inner, at(loop.at()));
      inner.set("loop", new LoopState(i, items));
      render(loop.body(), inner, out);
    }
    if (items.isEmpty()) {
      render(loop.otherwise(), scope, out);
    }
    nested--;
  }

  private void assign(Node.Assign assign, Scope scope) {
    Object value = evaluator.value(assign.value(), scope);
    if (assign.member().isPresent()) {
      if (!(scope.get(assign.names().getFirst()) instanceof Namespace namespace)) {
        throw new JinjaException(
            at(assign.at()),
            "\"" + assign.names().getFirst() + "\" is no namespace",
            "make it with namespace()");
      }
      namespace.set(assign.member().get(), value);
    } else {
      unpack(assign.names(), value, scope, at(assign.at()));
    }
  }

  private static void unpack(List<String> names, Object value, Scope scope, Location at) {
    if (names.size() == 1) {
      scope.set(names.getFirst(), value);
      return;
    }
    List<Object> parts = Values.items(value, at);
    if (parts.size() != names.size()) {
      throw new JinjaException(
          at, parts.size() + " values for " + names.size() + " names", "make them as many");
    }
    for (int i = 0; i < names.size(); i++) {
      scope.set(names.get(i), parts.get(i));
    }
  }

  private Object call(Node.CallBlock block, Scope scope) {
    Function caller =
        arguments -> {
          Scope inner = scope.inner();
          for (int i = 0; i < block.parameters().size(); i++) {
            inner.set(block.parameters().get(i), arguments.get(i, block.parameters().get(i)));
          }
          return captured(block.body(), inner);
        };
    return evaluator.callWith(block.call(), scope, Map.of("caller", caller));
  }

  private String captured(List<Node> body, Scope scope) {
    StringBuilder out = new StringBuilder();
    nested++;
    try {
      render(body, scope, out);
    } finally {
      nested--;
    }
    return out.toString();
  }

  private Location at(int offset) {
    return template.source().at(offset);
  }
}
