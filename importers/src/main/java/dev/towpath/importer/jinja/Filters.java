package dev.towpath.importer.jinja;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Jinja's filters, and the few that dbt adds. */
final class Filters {
  private Filters() {}

  static Object apply(String name, Object value, Arguments a) {
    return switch (name) {
      case "upper" -> Values.text(value).toUpperCase(Locale.ROOT);
      case "lower" -> Values.text(value).toLowerCase(Locale.ROOT);
      case "title" -> title(Values.text(value));
      case "capitalize" -> capitalized(Values.text(value));
      case "trim" -> Values.text(value).strip();
      case "replace" -> Values.text(value).replace(a.text(0, "old"), a.text(1, "new"));
      case "string", "as_text", "safe" -> Values.text(value);
      case "default", "d" -> otherwise(value, a);
      case "length", "count" -> size(value, a);
      case "join" -> join(value, a);
      case "first" -> items(value, a).stream().findFirst().orElse(new Undefined("first"));
      case "last" -> items(value, a).isEmpty() ? new Undefined("last") : items(value, a).getLast();
      case "list" -> items(value, a);
      case "reverse" ->
          value instanceof String s
              ? new StringBuilder(s).reverse().toString()
              : new ArrayList<>(items(value, a).reversed());
      case "sort" -> sorted(value, a);
      case "unique" -> new ArrayList<>(new LinkedHashSet<>(items(value, a)));
      case "sum" -> sum(value, a);
      case "min" -> extreme(value, a, 1);
      case "max" -> extreme(value, a, -1);
      case "int", "as_number" -> whole(value, a);
      case "float" ->
          value instanceof String s ? Double.valueOf(s) : (Object) Values.number(value, a.at());
      case "as_bool" ->
          value instanceof String s ? s.equalsIgnoreCase("true") : Values.truth(value);
      case "as_native" -> value;
      case "abs" ->
          value instanceof Long n
              ? (Object) Math.abs(n)
              : (Object) Math.abs(Values.number(value, a.at()));
      case "round" -> round(value, a);
      case "map" -> mapped(value, a);
      case "select" -> filtered(value, a, i -> test(a, 0, i));
      case "reject" -> filtered(value, a, i -> !test(a, 0, i));
      case "selectattr" ->
          filtered(value, a, i -> test(a, 1, attribute(i, a.text(0, "attribute"), a)));
      case "rejectattr" ->
          filtered(value, a, i -> !test(a, 1, attribute(i, a.text(0, "attribute"), a)));
      case "items" ->
          value instanceof Map<?, ?> m ? Methods.pairs(new LinkedHashMap<>(m)) : List.of();
      case "dictsort" -> dictSorted(value, a);
      case "batch" -> batches(value, a);
      case "indent" ->
          Values.text(value)
              .replace("\n", "\n" + " ".repeat(Integer.parseInt(a.text(0, "width", "4"))));
      case "format" -> Format.percent(Values.text(value), a.positional(), a.at());
      case "tojson" -> Values.text(value).replace('\'', '"');
      case "wordcount" -> (long) Values.text(value).strip().split("\\s+", -1).length;
      default -> throw unknown(name, a);
    };
  }

  private static JinjaException unknown(String name, Arguments a) {
    return a.error(
        "the Jinja filter \"" + name + "\" is not known here", "write its result by hand");
  }

  private static List<Object> items(Object value, Arguments a) {
    return Values.items(value, a.at());
  }

  private static Object otherwise(Object value, Arguments a) {
    boolean falseToo = a.truth(1, "boolean", false);
    return value instanceof Undefined || (falseToo && !Values.truth(value))
        ? a.get(0, "default_value", "")
        : value;
  }

  private static Object size(Object value, Arguments a) {
    return value instanceof String s ? (long) s.length() : (long) items(value, a).size();
  }

  private static Object join(Object value, Arguments a) {
    String attribute = a.text(1, "attribute", "");
    return items(value, a).stream()
        .map(i -> Values.text(attribute.isEmpty() ? i : attribute(i, attribute, a)))
        .collect(Collectors.joining(a.text(0, "d", "")));
  }

  private static Object sorted(Object value, Arguments a) {
    String attribute = a.text(2, "attribute", "");
    List<Object> items = items(value, a);
    Comparator<Object> order =
        (x, y) ->
            Values.compare(
                lowered(attribute.isEmpty() ? x : attribute(x, attribute, a)),
                lowered(attribute.isEmpty() ? y : attribute(y, attribute, a)),
                a.at());
    items.sort(a.truth(0, "reverse", false) ? order.reversed() : order);
    return items;
  }

  private static Object lowered(Object value) {
    return value instanceof String s ? s.toLowerCase(Locale.ROOT) : value;
  }

  private static Object dictSorted(Object value, Arguments a) {
    List<Object> pairs =
        value instanceof Map<?, ?> m ? Methods.pairs(new LinkedHashMap<>(m)) : new ArrayList<>();
    pairs.sort(
        (x, y) -> Values.compare(((List<?>) x).getFirst(), ((List<?>) y).getFirst(), a.at()));
    return pairs;
  }

  private static Object sum(Object value, Arguments a) {
    Object sum = 0L;
    for (Object item : items(value, a)) {
      sum = Arithmetic.of("+", sum, item, a.at());
    }
    return sum;
  }

  private static Object extreme(Object value, Arguments a, int sign) {
    return items(value, a).stream()
        .min((x, y) -> sign * Values.compare(x, y, a.at()))
        .orElse(new Undefined("min"));
  }

  private static Object whole(Object value, Arguments a) {
    if (value instanceof String s) {
      try {
        return (long) Double.parseDouble(s.strip());
      } catch (NumberFormatException _) {
        return a.get(0, "default", 0L); // as Jinja does
      }
    }
    return value instanceof Undefined ? 0L : (Object) (long) Values.number(value, a.at());
  }

  private static Object round(Object value, Arguments a) {
    int digits = Integer.parseInt(a.text(0, "precision", "0"));
    return new java.math.BigDecimal(Values.number(value, a.at()))
        .setScale(digits, java.math.RoundingMode.HALF_EVEN)
        .doubleValue();
  }

  private static Object mapped(Object value, Arguments a) {
    List<Object> out = new ArrayList<>();
    boolean byAttribute = a.named().containsKey("attribute");
    for (Object item : items(value, a)) {
      if (byAttribute) {
        out.add(attribute(item, a.text(9, "attribute"), a));
      } else {
        List<Object> rest = a.positional().subList(1, a.positional().size());
        out.add(apply(a.text(0, "filter"), item, new Arguments(rest, a.named(), a.at())));
      }
    }
    return out;
  }

  private static Object attribute(Object item, String name, Arguments a) {
    Object value = item;
    for (String part : name.split("\\.", -1)) {
      value = Methods.member(value, part, a.at());
    }
    return value;
  }

  private static Object filtered(Object value, Arguments a, Predicate<Object> keep) {
    return items(value, a).stream().filter(keep).collect(Collectors.toCollection(ArrayList::new));
  }

  /** A test that stands at a position of the arguments, or whether the item is true. */
  private static boolean test(Arguments a, int position, Object item) {
    if (position >= a.positional().size()) {
      return Values.truth(item);
    }
    List<Object> rest = a.positional().subList(position + 1, a.positional().size());
    return Tests.holds(a.text(position, "test"), item, new Arguments(rest, Map.of(), a.at()));
  }

  private static Object batches(Object value, Arguments a) {
    int size = Integer.parseInt(a.text(0, "linecount"));
    List<Object> items = items(value, a);
    List<Object> out = new ArrayList<>();
    for (int i = 0; i < items.size(); i += size) {
      out.add(new ArrayList<>(items.subList(i, Math.min(items.size(), i + size))));
    }
    return out;
  }

  static String capitalized(String s) {
    return s.isEmpty()
        ? s
        : s.substring(0, 1).toUpperCase(Locale.ROOT) + s.substring(1).toLowerCase(Locale.ROOT);
  }

  static String title(String s) {
    StringBuilder out = new StringBuilder();
    boolean start = true;
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      out.append(start ? Character.toUpperCase(c) : Character.toLowerCase(c));
      start = !Character.isLetter(c);
    }
    return out.toString();
  }
}
