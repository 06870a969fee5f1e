package dev.towpath.importer.jinja;

import dev.towpath.spi.Location;
import java.util.ArrayList;
import java.util.List;

/** Python's arithmetic, on texts and lists too. */
final class Arithmetic {
  private Arithmetic() {}

  static Object of(String operator, Object left, Object right, Location at) {
    if (operator.equals("+") && left instanceof String a && right instanceof String b) {
      return a + b;
    }
    if (operator.equals("+") && left instanceof List<?> a && right instanceof List<?> b) {
      List<Object> all = new ArrayList<>(a);
      all.addAll(b);
      return all;
    }
    if (operator.equals("*") && left instanceof String text && right instanceof Long times) {
      return text.repeat(Math.toIntExact(Math.max(0, times)));
    }
    if (operator.equals("%") && left instanceof String text) {
      return Format.percent(text, right instanceof List<?> list ? list : List.of(right), at);
    }
    double b = Values.number(right, at);
    if (b == 0 && (operator.equals("/") || operator.equals("//") || operator.equals("%"))) {
      throw new JinjaException(at, "a division by zero", "change the template");
    }
    if (left instanceof Long x && right instanceof Long y) {
      switch (operator) {
        case "+" -> {
          return x + y;
        }
        case "-" -> {
          return x - y;
        }
        case "*" -> {
          return x * y;
        }
        case "//" -> {
          return Math.floorDiv(x, y);
        }
        case "%" -> {
          return Math.floorMod(x, y);
        }
        case "**" -> {
          return (long) Math.pow(x, y);
        }
        default -> {}
      }
    }
    double a = Values.number(left, at);
    return switch (operator) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "/" -> a / b;
      case "//" -> Math.floor(a / b);
      case "%" -> a - Math.floor(a / b) * b;
      default -> Math.pow(a, b);
    };
  }
}
