package dev.towpath.server;

import dev.towpath.core.project.Parameter;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Names;
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
 * within its bounds, among its values. Whatever does not fit is told at once, by name.
 */
final class GivenParameters {
  private static final Map<String, Integer> WHOLE_BITS =
      Map.of("TINYINT", 8, "SMALLINT", 16, "INTEGER", 32, "BIGINT", 64, "HUGEINT", 128);
  private static final Map<String, Integer> NATURAL_BITS =
      Map.of("UTINYINT", 8, "USMALLINT", 16, "UINTEGER", 32, "UBIGINT", 64, "UHUGEINT", 128);
  private static final Set<String> FLOATING = Set.of("DOUBLE", "FLOAT");
  private final List<Parameter> declared;
  private final String where;
  private final List<Map<String, @Nullable Object>> mistakes = new ArrayList<>();

  private GivenParameters(List<Parameter> declared, String where) {
    this.declared = declared;
    this.where = where;
  }

  /**
   * The values, defaults included, by name as it is declared.
   *
   * @param strict whether a name that is not declared is a mistake; else it is left out
   * @throws Refusal a 400 that names every mistake
   */
  static Map<String, @Nullable Object> read(
      List<Parameter> declared, Map<String, @Nullable Object> given, boolean strict) {
    GivenParameters parameters = new GivenParameters(declared, "params.");
    Map<String, @Nullable Object> values = parameters.read(given, strict);
    parameters.refuse();
    return values;
  }

  /**
   * The values of a call of an endpoint, by name as it is declared; null for what may be left out
   * and is. A value may come as text, several of a parameter as a list.
   *
   * @throws Refusal a 400 that names every mistake
   */
  static Map<String, @Nullable Object> ofEndpoint(
      List<Parameter> declared, Map<String, @Nullable Object> given) {
    GivenParameters parameters = new GivenParameters(declared, "");
    Map<String, @Nullable Object> values = parameters.read(given, true);
    parameters.refuse();
    return values;
  }

  private Map<String, @Nullable Object> read(Map<String, @Nullable Object> given, boolean strict) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    for (Parameter parameter : declared) {
      Object value = given.get(parameter.name());
      if (value == null && parameter.nullable()) {
        values.put(parameter.name(), null);
      } else if (value == null && parameter.fallback().isEmpty()) {
        wrong(parameter, parameter.name() + " is missing", "it is " + kind(parameter));
      } else if (value == null) {
        fallback(parameter).ifPresent(v -> values.put(parameter.name(), v));
      } else {
        whole(parameter, value).ifPresent(v -> values.put(parameter.name(), v));
      }
    }
    if (strict) {
      List<String> names = declared.stream().map(Parameter::name).toList();
      given.keySet().stream().filter(n -> !names.contains(n)).forEach(n -> unknown(n, names));
    }
    return values;
  }

  private void refuse() {
    if (!mistakes.isEmpty()) {
      throw Refusal.bad(String.valueOf(mistakes.getFirst().get("detail")), mistakes);
    }
  }

  private void unknown(String name, List<String> names) {
    String hint =
        names.isEmpty()
            ? "there are none"
            : Names.nearest(name, names)
                .map(n -> "did you mean \"" + n + "\"?")
                .orElse("there are: " + String.join(", ", names));
    mistakes.add(Refusal.mistake(where + name, "unknown parameter \"" + name + "\"", hint));
  }

  private Optional<Object> fallback(Parameter parameter) {
    String text = parameter.fallback().orElseThrow();
    return parameter.list()
        ? Optional.of(List.of(value(parameter, text).orElse(text)))
        : value(parameter, text);
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
    String text = Call.plain(value.get());
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
    mistakes.add(Refusal.mistake(where + parameter.name(), detail, hint));
  }

  private static String shown(Object given) {
    String text = Json.write(given);
    return text.length() > 100 ? text.substring(0, 100) + "…" : text;
  }

  private static String kind(Parameter parameter) {
    return parameter.list()
        ? "a list of " + parameter.type().sql()
        : "of type " + parameter.type().sql();
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
  static Optional<Object> value(DataType type, Object given) {
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
      return Optional.of(Json.write(given));
    }
    if (!isScalar(given)) {
      return Optional.empty();
    }
    String text = given.toString();
    if (WHOLE_BITS.containsKey(type) || NATURAL_BITS.containsKey(type)) {
      return given instanceof Boolean ? Optional.empty() : whole(type, text.strip());
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
      case "TIMESTAMP" -> Optional.of(LocalDateTime.parse(text.replace(' ', 'T')).toString());
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

  private static Optional<Object> whole(String type, String text) {
    BigInteger number = new BigDecimal(text).stripTrailingZeros().scale() > 0 ? null : exact(text);
    if (number == null) {
      return Optional.empty();
    }
    boolean fits =
        WHOLE_BITS.containsKey(type)
            ? number.bitLength() < WHOLE_BITS.getOrDefault(type, 0)
            : number.signum() >= 0 && number.bitLength() <= NATURAL_BITS.getOrDefault(type, 0);
    if (!fits) {
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

  private static boolean isScalar(Object given) {
    return given instanceof String || given instanceof Number || given instanceof Boolean;
  }
}
