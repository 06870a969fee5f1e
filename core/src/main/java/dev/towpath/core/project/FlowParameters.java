package dev.towpath.core.project;

import dev.towpath.spi.DataType;
import dev.towpath.spi.Names;
import dev.towpath.spi.TowpathException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Values of a flow's parameters, looked at where they come in. Stateless. */
public final class FlowParameters {
  private FlowParameters() {}

  /**
   * The values of a run: those that are given, and the defaults of the rest.
   *
   * @param given texts by name; several for a parameter that is a list
   * @throws TowpathException naming the first that is unknown, missing or wrong
   */
  public static Map<String, Object> values(Flow flow, Map<String, List<String>> given) {
    List<String> names = flow.parameters().stream().map(Parameter::name).toList();
    for (String name : given.keySet()) {
      if (!names.contains(name)) {
        throw new TowpathException(
            "flow " + flow.name() + " has no parameter \"" + name + "\"",
            Names.nearest(name, names)
                .map(n -> "did you mean \"" + n + "\"?")
                .orElse(
                    names.isEmpty()
                        ? "declare it under params: in " + flow.file()
                        : "it has " + String.join(", ", names)));
      }
    }
    Map<String, Object> values = new LinkedHashMap<>();
    for (Parameter parameter : flow.parameters()) {
      List<String> texts =
          Optional.ofNullable(given.get(parameter.name()))
              .or(() -> parameter.fallback().map(List::of))
              .orElseThrow(() ->
                  new TowpathException(
                      "parameter \"" + parameter.name() + "\" has no value",
                      "give it one: --param "
                          + parameter.name()
                          + "=VALUE, or a default: in "
                          + flow.file()));
      values.put(parameter.name(), value(parameter, texts));
    }
    return values;
  }

  private static Object value(Parameter parameter, List<String> texts) {
    List<Object> values = new ArrayList<>();
    for (String text : texts) {
      if (!parameter.values().isEmpty() && !parameter.values().contains(text)) {
        throw wrong(parameter, text, "it takes " + String.join(", ", parameter.values()));
      }
      Object value = value(parameter, text);
      if (parameter.low().isPresent()
          && compare(value, value(parameter, parameter.low().get())) < 0) {
        throw wrong(parameter, text, "the least is " + parameter.low().get());
      }
      if (parameter.high().isPresent()
          && compare(value, value(parameter, parameter.high().get())) > 0) {
        throw wrong(parameter, text, "the most is " + parameter.high().get());
      }
      values.add(value);
    }
    if (!parameter.list() && values.size() != 1) {
      throw new TowpathException(
          "parameter \"" + parameter.name() + "\" is given " + values.size() + " times",
          "give it once");
    }
    return parameter.list() ? values : values.getFirst();
  }

  private static TowpathException wrong(Parameter parameter, String text, String hint) {
    return new TowpathException(
        "parameter \"" + parameter.name() + "\" cannot be \"" + text + "\"", hint);
  }

  private static int compare(Object one, Object other) {
    return one instanceof Number && other instanceof Number
        ? new BigDecimal(one.toString()).compareTo(new BigDecimal(other.toString()))
        : one.toString().compareTo(other.toString());
  }

  /**
   * A value of a parameter's type: Long, BigDecimal, Double, Boolean or text.
   *
   * @throws TowpathException when the text is no such value
   */
  public static Object value(Parameter parameter, String text) {
    String type = parameter.type().sql();
    try {
      return switch (type) {
        case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT" -> whole(text);
        case "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT" -> {
          if (text.startsWith("-")) {
            throw new NumberFormatException();
          }
          yield whole(text);
        }
        case "FLOAT", "DOUBLE" -> Double.valueOf(text);
        case "BOOLEAN" -> truth(text);
        case "DATE" -> LocalDate.parse(text).toString();
        case "TIMESTAMP" ->
            LocalDateTime.parse(text.length() == 10 ? text + "T00:00" : text.replace(' ', 'T'))
                .toString();
        case "TIMESTAMP WITH TIME ZONE" -> OffsetDateTime.parse(text.replace(' ', 'T')).toString();
        default -> parameter.type() instanceof DataType.Decimal ? new BigDecimal(text) : text;
      };
    } catch (DateTimeException | IllegalArgumentException e) {
      throw wrong(parameter, text, "it is " + type + example(type));
    }
  }

  private static Object whole(String text) {
    BigInteger number = new BigInteger(text);
    return number.bitLength() < Long.SIZE ? (Object) number.longValue() : new BigDecimal(number);
  }

  private static boolean truth(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException();
    };
  }

  private static String example(String type) {
    return switch (type) {
      case "DATE" -> ", such as 2026-03-01";
      case "TIMESTAMP" -> ", such as 2026-03-01T12:00:00";
      case "TIMESTAMP WITH TIME ZONE" -> ", such as 2026-03-01T12:00:00Z";
      case "BOOLEAN" -> ": true or false";
      default -> "";
    };
  }
}
