package dev.towpath.importer.jinja;

import dev.towpath.spi.Location;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's two ways to put values into a text. */
final class Format {
  private static final Pattern BRACES = Pattern.compile("\\{\\{|\\}\\}|\\{(\\w*)\\}");
  private static final Pattern PERCENT = Pattern.compile("%%|%(0?\\d*)([sd])|%\\.(\\d+)f");

  private Format() {}

  /** {@code "{} {name}".format(...)}. */
  static String braces(String text, Arguments arguments) {
    Map<String, Object> named = arguments.named();
    StringBuilder out = new StringBuilder();
    Matcher matcher = BRACES.matcher(text);
    int next = 0;
    while (matcher.find()) {
      String name = matcher.group(1);
      String value;
      if (name == null) {
        value = matcher.group().substring(1);
      } else if (name.isEmpty() || Character.isDigit(name.charAt(0))) {
        int position = name.isEmpty() ? next++ : Integer.parseInt(name);
        value = arguments.text(position, "{" + position + "}");
      } else if (named.containsKey(name)) {
        value = Values.text(named.get(name));
      } else {
        throw arguments.error("format() lacks \"" + name + "\"", "give it");
      }
      matcher.appendReplacement(out, Matcher.quoteReplacement(value));
    }
    return matcher.appendTail(out).toString();
  }

  /** {@code "%s %02d" % (...)}. */
  static String percent(String text, List<?> values, Location at) {
    StringBuilder out = new StringBuilder();
    Matcher matcher = PERCENT.matcher(text);
    int next = 0;
    while (matcher.find()) {
      String value = "%";
      if (!matcher.group().equals("%%")) {
        if (next >= values.size()) {
          throw new JinjaException(
              at, "too few values for \"" + text + "\"", "give as many as it has %");
        }
        Object given = values.get(next++);
        if (matcher.group(3) != null) {
          value =
              new java.math.BigDecimal(Values.number(given, at))
                  .setScale(Integer.parseInt(matcher.group(3)), java.math.RoundingMode.HALF_EVEN)
                  .toPlainString();
        } else {
          value = padded(Values.text(given), matcher.group(1));
        }
      }
      matcher.appendReplacement(out, Matcher.quoteReplacement(value));
    }
    return matcher.appendTail(out).toString();
  }

  private static String padded(String value, String width) {
    int wanted = width.isEmpty() ? 0 : Integer.parseInt(width);
    String fill = width.startsWith("0") ? "0" : " ";
    return fill.repeat(Math.max(0, wanted - value.length())) + value;
  }
}
