package dev.towpath.core.project;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Texts of a job's keys with values of its run in them: {@code ${params.day}}, {@code
 * ${item.region}}, {@code ${outputs.fetch.count}}, {@code ${run.id}}. What is written without a dot
 * is an environment variable, which {@link Variables} knows. Stateless.
 */
public final class Template {
  private static final Pattern USE =
      Pattern.compile("\\$\\{\\s*([A-Za-z_]\\w*)\\.([A-Za-z_][\\w.-]*)\\s*\\}");

  /** What {@code ${run.NAME}} may be. */
  public static final List<String> RUN = List.of("id", "flow", "start", "end", "due");

  /** What may stand before the first dot. */
  public static final List<String> KINDS = List.of("params", "item", "outputs", "run");

  private Template() {}

  /**
   * One use of a value.
   *
   * @param kind what stands before the first dot
   * @param name what stands behind it
   * @param offset of {@code $} in the text
   */
  public record Use(String kind, String name, int offset) {
    /** The job that hands on an output: the text between the dots. */
    public String job() {
      int dot = name.lastIndexOf('.');
      return dot < 0 ? name : name.substring(0, dot);
    }

    /** The name of an output: the text after the last dot; empty when there is none. */
    public String output() {
      int dot = name.lastIndexOf('.');
      return dot < 0 ? "" : name.substring(dot + 1);
    }

    @Override
    public String toString() {
      return "${" + kind + "." + name + "}";
    }
  }

  /** All uses in a text, in order. */
  public static List<Use> uses(String text) {
    List<Use> uses = new ArrayList<>();
    Matcher found = USE.matcher(text);
    while (found.find()) {
      uses.add(new Use(found.group(1), found.group(2), found.start()));
    }
    return uses;
  }

  /**
   * The text with its values. A text that is nothing but one use is that value, whatever its type.
   *
   * @param values the value of a use
   * @param rest resolves what is between the uses; never sees a value
   */
  public static Object fill(String text, Function<Use, Object> values, UnaryOperator<String> rest) {
    List<Use> uses = uses(text);
    if (uses.isEmpty()) {
      return rest.apply(text);
    }
    Optional<Use> whole = Optional.of(uses.getFirst()).filter(_ -> USE.matcher(text).matches());
    if (whole.isPresent()) {
      return values.apply(whole.get());
    }
    StringBuilder out = new StringBuilder();
    Matcher found = USE.matcher(text);
    int at = 0;
    for (Use use : uses) {
      if (found.find()) {
        out.append(rest.apply(text.substring(at, use.offset()))).append(values.apply(use));
        at = found.end();
      }
    }
    return out.append(rest.apply(text.substring(at))).toString();
  }
}
