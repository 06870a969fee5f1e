package dev.towpath.importer.dbt;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The types that dbt gives to a seed's columns, by the same rules. */
final class SeedTypes {
  private static final Pattern WHOLE = Pattern.compile("[-+]?\\d+");
  private static final Pattern NUMBER = Pattern.compile("[-+]?(\\d[\\d,]*(\\.\\d*)?|\\.\\d+)");
  private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{1,2}-\\d{1,2}");
  private static final Pattern TIME =
      Pattern.compile(
          "\\d{4}-\\d{2}-\\d{2}[ T]\\d{2}:\\d{2}(:\\d{2}(\\.\\d+)?)?(Z|[-+]\\d{2}:?\\d{2})?");

  private SeedTypes() {}

  /** The types by column, in order. */
  static Map<String, Object> of(List<List<String>> rows) {
    Map<String, Object> types = new LinkedHashMap<>();
    List<String> header = rows.getFirst();
    for (int i = 0; i < header.size(); i++) {
      int column = i;
      List<String> values =
          rows.stream()
              .skip(1)
              .map(r -> column < r.size() ? r.get(column).strip() : "")
              .filter(v -> !v.isEmpty() && !v.equalsIgnoreCase("null"))
              .toList();
      types.put(header.get(i).strip(), type(values));
    }
    return types;
  }

  private static String type(List<String> values) {
    if (all(values, v -> WHOLE.matcher(v).matches())) {
      return "integer";
    }
    if (all(values, v -> NUMBER.matcher(v).matches())) {
      return "double";
    }
    if (all(values, SeedTypes::isDate)) {
      return "date";
    }
    if (all(values, v -> TIME.matcher(v).matches())) {
      return "timestamp";
    }
    return all(values, v -> v.toLowerCase(Locale.ROOT).matches("true|false"))
        ? "boolean"
        : "varchar";
  }

  private static boolean all(List<String> values, Predicate<String> test) {
    return values.stream().allMatch(test);
  }

  private static boolean isDate(String value) {
    if (!DATE.matcher(value).matches()) {
      return false;
    }
    String[] parts = value.split("-", -1);
    try {
      LocalDate.of(
          Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
      return true;
    } catch (DateTimeException _) {
      return false;
    }
  }
}
