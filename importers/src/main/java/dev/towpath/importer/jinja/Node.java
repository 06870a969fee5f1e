package dev.towpath.importer.jinja;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A part of a template. */
public sealed interface Node {
  /** Plain text. */
  record Text(String text) implements Node {}

  /** A comment, which stays one in SQL. */
  record Comment(String text, boolean alone, int indent) implements Node {}

  /**
   * {@code {{ value }}}.
   *
   * @param text what stands inside
   */
  record Output(Expression value, String text, int at) implements Node {}

  /** One branch of an {@code if}; the last may have no test. */
  record Branch(Optional<Expression> test, List<Node> body) {}

  /** {@code {% if %}}. */
  record If(List<Branch> branches, int at) implements Node {}

  /** {@code {% for %}}. */
  record For(
      List<String> names,
      Expression items,
      Optional<Expression> test,
      List<Node> body,
      List<Node> otherwise,
      int at)
      implements Node {}

  /** {@code {% set x = value %}}, of several names or a member of a namespace too. */
  record Assign(List<String> names, Optional<String> member, Expression value, int at)
      implements Node {}

  /** {@code {% set x %}...{% endset %}}. */
  record Capture(String name, List<Node> body) implements Node {}

  /** {@code {% do call() %}}. */
  record Do(Expression value) implements Node {}

  /**
   * {@code {% macro %}}, and dbt's {@code test}.
   *
   * @param parameters names and defaults
   */
  record Define(
      String name,
      Map<String, Optional<Expression>> parameters,
      List<Node> body,
      boolean test,
      int at)
      implements Node {}

  /** {@code {% call macro() %}...{% endcall %}}. */
  record CallBlock(List<String> parameters, Expression call, List<Node> body, int at)
      implements Node {}

  /** {@code {% filter name %}...{% endfilter %}}. */
  record FilterBlock(String name, List<Node> body, int at) implements Node {}

  /** A block of dbt's with a name: {@code docs}, {@code snapshot}, {@code materialization}. */
  record Block(String kind, String name, List<Node> body, int at) implements Node {}
}
