package dev.towpath.importer.jinja;

import dev.towpath.core.yaml.SourceText;
import java.util.List;

/** A parsed file. */
public record Template(SourceText source, List<Node> nodes) {
  public Template {
    nodes = List.copyOf(nodes);
  }

  /**
   * Parses a file.
   *
   * @throws JinjaException when it is no template
   */
  public static Template parse(SourceText source) {
    return new Template(source, new TemplateParser(source).parse());
  }

  /** Parses one expression, such as {@code ref('orders')}. */
  public static Expression expression(SourceText source, String text) {
    ExpressionParser parser = new ExpressionParser(source, text, 0);
    Expression expression = parser.expression();
    parser.end();
    return expression;
  }
}
