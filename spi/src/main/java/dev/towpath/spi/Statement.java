package dev.towpath.spi;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One SELECT with its parameters.
 *
 * @param sql the text; parameters are written {@code $name}
 * @param parameters values by name: String, Boolean, Long, Double, BigDecimal, LocalDate,
 *     LocalDateTime, OffsetDateTime, {@link Bound} or a List of these; a NULL is left out of the
 *     map's values by {@code Optional.empty()}
 */
public record Statement(String sql, Map<String, Object> parameters) {
  public Statement {
    parameters = Map.copyOf(parameters);
  }

  /** A statement without parameters. */
  public static Statement of(String sql) {
    return new Statement(sql, Map.of());
  }

  /**
   * A value given as text and cast to a type, for values that Java has no type for, such as {@code
   * -infinity} as DATE.
   */
  public record Bound(String text, DataType type) {
    /** A list of values given as texts, whatever is in them; of JSON each is a JSON text. */
    public static Bound list(List<String> elements, DataType.ListOf type) {
      if (type.element().sql().equals("JSON")) { // a text in quotes would be a JSON text of a text
        return new Bound("[" + String.join(", ", elements) + "]", type);
      }
      String text =
          elements.stream()
              .map(e -> '"' + e.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
              .collect(Collectors.joining(", ", "[", "]"));
      return new Bound(text, type);
    }
  }
}
