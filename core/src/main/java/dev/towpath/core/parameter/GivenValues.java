package dev.towpath.core.parameter;

import dev.towpath.core.project.Parameter;
import dev.towpath.core.store.JsonText;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Names;
import dev.towpath.spi.WholeType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Values that somebody gives for declared parameters, looked at one by one: each of its type,
 * within its bounds, among its values. What does not fit is a mistake; all are found.
 */
public final class GivenValues {
  private static final Set<String> FLOATING = Set.of("DOUBLE", "FLOAT");

  private static final Map<String, String> EXAMPLES =
      Map.of(
          "BOOLEAN", "true",
          "DATE", "2026-03-01",
          "TIME", "12:00:00",
          "TIMESTAMP", "2026-03-01T12:00:00",
          "TIMESTAMP WITH TIME ZONE", "2026-03-01T12:00:00Z");
  private static final int DAY = "2026-03-01".length();

  /** The types whose values are told from what is none, besides DECIMAL. */
  private static final Set<String> KNOWN =
      Set.of(
          "VARCHAR",
          "BOOLEAN",
          "TINYINT",
          "SMALLINT",
          "INTEGER",
          "BIGINT",
          "HUGEINT",
          "UTINYINT",
          "USMALLINT",
          "UINTEGER",
          "UBIGINT",
          "UHUGEINT",
          "FLOAT",
          "DOUBLE",
          "DATE",
          "TIME",
          "TIMESTAMP",
          "TIMESTAMP WITH TIME ZONE",
          "UUID",
          "JSON");

  private final List<Parameter> declared;
  private final Map<String, @Nullable Object> values = new LinkedHashMap<>();
  private final List<Mistake> mistakes = new ArrayList<>();

  private GivenValues(List<Parameter> declared) {
    this.declared = List.copyOf(declared);
  }

  /** One value that does not fit, is missing or is not asked for, and what to do about it. */
  public record Mistake(String parameter, String what, Optional<String> hint) {}

  /**
   * Looks at values as JSON or a query string has them: texts, numbers, booleans, lists.
   *
   * @param strict whether a name that is not declared is a mistake; else it is left out
   */
  public static GivenValues read(
      List<Parameter> declared, Map<String, @Nullable Object> given, boolean strict) {
    GivenValues read = new GivenValues(declared);
    read.look(given, strict);
    return read;
  }

  /**
   * The values that fit, defaults included, by name as it is declared; null for what may be left
   * out and is. Texts, Boolean, Long, BigInteger, BigDecimal, or a list of these.
   */
  public Map<String, @Nullable Object> values() {
    return values;
  }

  /** Everything that does not fit, in the order of the declaration; empty when all is well. */
  public List<Mistake> mistakes() {
    return List.copyOf(mistakes);
  }

  private void look(Map<String, @Nullable Object> given, boolean strict) {
    for (Parameter parameter : declared) {
      Object value = given.get(parameter.name());
      if (value == null && parameter.nullable()) {
        values.put(parameter.name(), null);
      } else if (value == null && parameter.fallback().isEmpty()) {
        wrong(parameter, parameter.name() + " is missing", "it is " + kind(parameter));
      } else if (value == null) {
        String text = parameter.fallback().get();
        whole(parameter, parameter.list() ? List.of(text) : text)
            .ifPresent(v -> values.put(parameter.name(), v));
      } else {
        whole(parameter, value).ifPresent(v -> values.put(parameter.name(), v));
      }
    }
    if (strict) {
      List<String> names = declared.stream().map(Parameter::name).toList();
      given.keySet().stream().filter(n -> !names.contains(n)).forEach(n -> unknown(n, names));
    }
  }

  private void unknown(String name, List<String> names) {
    String hint =
        names.isEmpty()
            ? "there are none"
            : Names.nearest(name, names)
                .map(n -> "did you mean \"" + n + "\"?")
                .orElse("there are: " + String.join(", ", names));
    mistakes.add(new Mistake(name, "unknown parameter \"" + name + "\"", Optional.of(hint)));
  }

  private Optional<Object> whole(Parameter parameter, Object given) {
    if (!parameter.list() && given instanceof List<?> several && several.size() > 1) {
      wrong(parameter, parameter.name() + " is given " + several.size() + " times", "give it once");
      return Optional.empty();
    }
    if (!parameter.list()) {
      return one(parameter, given);
    }
    if (!(given instanceof List<?> list)) {
      wrong(parameter, parameter.name() + " is no list", "it is " + kind(parameter));
      return Optional.empty();
    }
    List<Object> values = new ArrayList<>();
    for (Object element : list) {
      if (element == null) {
        wrong(parameter, parameter.name() + " has a null", null);
      } else {
        one(parameter, element).ifPresent(values::add);
      }
    }
    return Optional.of(values);
  }

  private Optional<Object> one(Parameter parameter, Object given) {
    Optional<Object> value = value(parameter, given);
    if (value.isEmpty()) {
      wrong(parameter, parameter.name() + " cannot be " + shown(given), "it is " + kind(parameter));
      return value;
    }
    String text = plain(value.get());
    if (!parameter.values().isEmpty() && !parameter.values().contains(text)) {
      wrong(
          parameter,
          parameter.name() + " cannot be " + shown(given),
          "it is one of " + String.join(", ", parameter.values()));
    } else if (parameter.low().filter(l -> compare(parameter, value.get(), l) < 0).isPresent()) {
      wrong(
          parameter,
          parameter.name() + " cannot be " + shown(given),
          "it is at least " + parameter.low().get());
    } else if (parameter.high().filter(h -> compare(parameter, value.get(), h) > 0).isPresent()) {
      wrong(
          parameter,
          parameter.name() + " cannot be " + shown(given),
          "it is at most " + parameter.high().get());
    }
    return value;
  }

  private void wrong(Parameter parameter, String detail, @Nullable String hint) {
    mistakes.add(new Mistake(parameter.name(), detail, Optional.ofNullable(hint)));
  }

  private static String shown(Object given) {
    String text = JsonText.write(given);
    return text.length() > 100 ? text.substring(0, 100) + "…" : text;
  }

  private static String kind(Parameter parameter) {
    return parameter.list()
        ? "a list of " + parameter.type().sql()
        : "of type "
            + parameter.type().sql()
            + example(parameter.type()).map(e -> ", such as " + e).orElse("");
  }

  /** The order of two values of the parameter's type; equal when it has none. */
  @SuppressWarnings("unchecked") // both come from value(), by one type
  private static int compare(Parameter parameter, Object value, String bound) {
    Optional<Object> other = value(parameter, bound);
    if (other.isEmpty()) {
      return 0;
    }
    if (value instanceof Number && other.get() instanceof Number) {
      return new BigDecimal(value.toString()).compareTo(new BigDecimal(other.get().toString()));
    }
    return value.getClass() == other.get().getClass() && value instanceof Comparable<?> one
        ? ((Comparable<Object>) one).compareTo(other.get())
        : 0;
  }

  private static Optional<Object> value(Parameter parameter, Object given) {
    return value(parameter.type(), given);
  }

  /** The value as JSON has it; empty when it is not of the type. */
  public static Optional<Object> value(DataType type, Object given) {
    try {
      return type instanceof DataType.Decimal decimal
          ? decimal(decimal, given)
          : simple(type.sql(), given);
    } catch (NumberFormatException | DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Optional<Object> decimal(DataType.Decimal type, Object given) {
    if (!isScalar(given) || given instanceof Boolean) {
      return Optional.empty();
    }
    BigDecimal number = new BigDecimal(given.toString().strip());
    BigDecimal plain = number.signum() == 0 ? BigDecimal.ZERO : number.stripTrailingZeros();
    boolean fits =
        plain.scale() <= type.scale()
            && plain.precision() - plain.scale() <= type.precision() - type.scale();
    return fits ? Optional.of(plain.setScale(Math.max(plain.scale(), 0))) : Optional.empty();
  }

  private static Optional<Object> simple(String type, Object given) {
    if (type.equals("JSON")) {
      return Optional.of(JsonText.write(given));
    }
    if (!isScalar(given)) {
      return Optional.empty();
    }
    String text = given.toString();
    Optional<WholeType> whole = WholeType.named(type);
    if (whole.isPresent()) {
      return given instanceof Boolean ? Optional.empty() : whole(whole.get(), text.strip());
    }
    if (FLOATING.contains(type)) {
      return given instanceof Boolean
          ? Optional.empty()
          : Optional.of(new BigDecimal(text.strip()));
    }
    return switch (type) {
      case "BOOLEAN" ->
          text.equals("true") || text.equals("false")
              ? Optional.of(Boolean.valueOf(text))
              : Optional.empty();
      case "DATE" -> Optional.of(LocalDate.parse(text).toString());
      case "TIME" -> Optional.of(LocalTime.parse(text).toString());
      case "TIMESTAMP" ->
          Optional.of(
              LocalDateTime.parse(text.length() == DAY ? text + "T00:00" : text.replace(' ', 'T'))
                  .toString());
      case "TIMESTAMP WITH TIME ZONE" ->
          Optional.of(OffsetDateTime.parse(text.replace(' ', 'T')).toInstant().toString());
      case "UUID" -> uuid(text);
      default -> Optional.of(text);
    };
  }

  private static Optional<Object> uuid(String text) {
    try {
      return text.length() == 36 ? Optional.of(UUID.fromString(text).toString()) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<Object> whole(WholeType type, String text) {
    BigInteger number = new BigDecimal(text).stripTrailingZeros().scale() > 0 ? null : exact(text);
    if (number == null || !type.holds(number)) {
      return Optional.empty();
    }
    return Optional.of(number.bitLength() < 64 ? (Object) number.longValue() : number);
  }

  /** A number such as 1e400000000 would fill the memory; it fits no type anyway. */
  private static @Nullable BigInteger exact(String text) {
    BigDecimal number = new BigDecimal(text);
    return Math.abs((long) number.precision() - number.scale()) > 100
        ? null
        : number.toBigIntegerExact();
  }

  private static String plain(Object value) {
    return value instanceof BigDecimal d ? d.toPlainString() : value.toString();
  }

  /** Whether it can be told of every value whether it is of a type. */
  public static boolean knows(DataType type) {
    return type instanceof DataType.Decimal || KNOWN.contains(type.sql());
  }

  /** A value of a type whose form is not obvious. */
  public static Optional<String> example(DataType type) {
    return Optional.ofNullable(EXAMPLES.get(type.sql()));
  }

  private static boolean isScalar(Object given) {
    return given instanceof String || given instanceof Number || given instanceof Boolean;
  }
}
