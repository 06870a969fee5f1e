package dev.towpath.importer.jinja;

import dev.towpath.core.yaml.SourceText;
import dev.towpath.importer.jinja.ExpressionTokens.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Builds the nodes of a template from its segments. */
final class TemplateParser {
  private final SourceText source;
  private final List<Segment> segments;
  private int next;

  TemplateParser(SourceText source) {
    this.source = source;
    this.segments = Segments.of(source);
  }

  List<Node> parse() {
    List<Node> nodes = body(Set.of(), -1);
    return nodes;
  }

  /** A statement and the parser of what it says. */
  private record Statement(String word, ExpressionParser rest, int at) {}

  private Statement statement(Segment segment) {
    ExpressionParser rest = new ExpressionParser(source, segment.text(), segment.at());
    return new Statement(rest.name(), rest, segment.at());
  }

  /** Nodes up to a statement of one of these words, which is left; all when there are none. */
  private List<Node> body(Set<String> until, int opened) {
    List<Node> nodes = new ArrayList<>();
    while (next < segments.size()) {
      Segment segment = segments.get(next);
      switch (segment.kind()) {
        case TEXT -> nodes.add(new Node.Text(segment.text()));
        case COMMENT ->
            nodes.add(new Node.Comment(segment.text(), segment.alone(), segment.indent()));
        case OUTPUT -> nodes.add(output(segment));
        case STATEMENT -> {
          Statement statement = statement(segment);
          if (until.contains(statement.word())) {
            return nodes;
          }
          next++;
          nodes.add(node(statement));
          continue;
        }
      }
      next++;
    }
    if (!until.isEmpty()) {
      throw new JinjaException(
          source.at(opened), "this block is never closed", "add {% " + last(until) + " %}");
    }
    return nodes;
  }

  private static String last(Set<String> words) {
    return words.stream().filter(w -> w.startsWith("end")).findFirst().orElse("end");
  }

  private Node output(Segment segment) {
    ExpressionParser parser = new ExpressionParser(source, segment.text(), segment.at());
    Expression value = parser.expression();
    parser.end();
    return new Node.Output(value, segment.text().strip(), segment.at());
  }

  private Node node(Statement s) {
    return switch (s.word()) {
      case "if" -> ifBlock(s);
      case "for" -> forBlock(s);
      case "set" -> set(s);
      case "do" -> new Node.Do(whole(s));
      case "macro" -> macro(s, s.rest().name(), false);
      case "test", "data_test" -> macro(s, "test_" + s.rest().name(), true);
      case "call" -> call(s);
      case "filter" -> {
        String name = s.rest().name();
        yield new Node.FilterBlock(name, closed("endfilter", s.at()), s.at());
      }
      case "docs", "snapshot", "materialization" -> block(s);
      default ->
          throw new JinjaException(
              source.at(s.at()),
              "the Jinja statement \"" + s.word() + "\" is not known here",
              "write what it stands for by hand");
    };
  }

  private static Expression whole(Statement s) {
    Expression value = s.rest().expression();
    s.rest().end();
    return value;
  }

  private List<Node> closed(String end, int opened) {
    List<Node> body = body(Set.of(end), opened);
    next++;
    return body;
  }

  private Node ifBlock(Statement s) {
    List<Node.Branch> branches = new ArrayList<>();
    Optional<Expression> test = Optional.of(whole(s));
    while (true) {
      List<Node> body = body(Set.of("endif", "else", "elif"), s.at());
      branches.add(new Node.Branch(test, body));
      Statement end = statement(segments.get(next++));
      if (end.word().equals("endif")) {
        return new Node.If(branches, s.at());
      }
      test = end.word().equals("elif") ? Optional.of(whole(end)) : Optional.empty();
    }
  }

  private Node forBlock(Statement s) {
    List<String> names = new ArrayList<>();
    boolean bracket = s.rest().take("(");
    do {
      names.add(s.rest().name());
    } while (s.rest().take(","));
    if (bracket) {
      s.rest().expect(")");
    }
    s.rest().expect("in");
    Expression items = s.rest().or();
    Optional<Expression> test =
        s.rest().take("if") ? Optional.of(s.rest().conditional()) : Optional.empty();
    s.rest().end();
    List<Node> body = body(Set.of("endfor", "else"), s.at());
    Statement end = statement(segments.get(next++));
    List<Node> otherwise = end.word().equals("else") ? closed("endfor", s.at()) : List.of();
    return new Node.For(names, items, test, body, otherwise, s.at());
  }

  private Node set(Statement s) {
    List<String> names = new ArrayList<>(List.of(s.rest().name()));
    Optional<String> member = Optional.empty();
    if (s.rest().take(".")) {
      member = Optional.of(s.rest().name());
    }
    while (s.rest().take(",")) {
      names.add(s.rest().name());
    }
    if (s.rest().peek().kind() == Kind.END) {
      return new Node.Capture(names.getFirst(), closed("endset", s.at()));
    }
    s.rest().expect("=");
    return new Node.Assign(names, member, whole(s), s.at());
  }

  private Node macro(Statement s, String name, boolean test) {
    Map<String, Optional<Expression>> parameters = new LinkedHashMap<>();
    s.rest().expect("(");
    while (!s.rest().take(")")) {
      String parameter = s.rest().name();
      parameters.put(
          parameter, s.rest().take("=") ? Optional.of(s.rest().conditional()) : Optional.empty());
      s.rest().take(",");
    }
    String end = test ? (s.word().equals("test") ? "endtest" : "enddata_test") : "endmacro";
    return new Node.Define(name, parameters, closed(end, s.at()), test, s.at());
  }

  private Node call(Statement s) {
    List<String> parameters = new ArrayList<>();
    if (s.rest().take("(")) {
      while (!s.rest().take(")")) {
        parameters.add(s.rest().name());
        s.rest().take(",");
      }
    }
    Expression call = whole(s);
    return new Node.CallBlock(parameters, call, closed("endcall", s.at()), s.at());
  }

  /** What follows the name of a materialization (its adapter) matters to nobody here. */
  private Node block(Statement s) {
    String name = s.rest().name();
    return new Node.Block(s.word(), name, closed("end" + s.word(), s.at()), s.at());
  }
}
