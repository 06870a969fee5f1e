package dev.towpath.cli;

import dev.towpath.core.store.JsonText;
import dev.towpath.spi.Problem;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes plain Java values as JSON: maps, collections, texts, numbers, booleans and null. */
final class Json {
  private Json() {}

  /** An object from alternating names and values, in order. */
  static Map<String, @Nullable Object> object(@Nullable Object... namesAndValues) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      object.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
    }
    return object;
  }

  /** A problem with the members that DESIGN.md names. */
  static Map<String, @Nullable Object> problem(Problem problem) {
    return object(
        "file",
        problem.location().file(),
        "line",
        problem.location().line() == 0 ? null : problem.location().line(),
        "column",
        problem.location().line() == 0 ? null : problem.location().column(),
        "severity",
        problem.isError() ? "error" : "warning",
        "message",
        problem.message(),
        "hint",
        problem.hint().orElse(null));
  }

  /** One document, indented by nothing, on one line. */
  static String write(@Nullable Object value) {
    return JsonText.write(value);
  }
}
