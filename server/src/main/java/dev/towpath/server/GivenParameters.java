package dev.towpath.server;

import dev.towpath.core.parameter.GivenValues;
import dev.towpath.core.project.Parameter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values of declared parameters as a request brings them; stateless. */
final class GivenParameters {
  private GivenParameters() {}

  /**
   * The values, defaults included, by name as it is declared.
   *
   * @param strict whether a name that is not declared is a mistake; else it is left out
   * @throws Refusal a 400 that names every mistake
   */
  static Map<String, @Nullable Object> read(
      List<Parameter> declared, Map<String, @Nullable Object> given, boolean strict) {
    return refuse(GivenValues.read(declared, given, strict), "params.");
  }

  /**
   * The values of a call of an endpoint, by name as it is declared; null for what may be left out
   * and is. A value may come as text, several of a parameter as a list.
   *
   * @throws Refusal a 400 that names every mistake
   */
  static Map<String, @Nullable Object> ofEndpoint(
      List<Parameter> declared, Map<String, @Nullable Object> given) {
    return refuse(GivenValues.read(declared, given, true), "");
  }

  private static Map<String, @Nullable Object> refuse(GivenValues read, String where) {
    if (read.mistakes().isEmpty()) {
      return read.values();
    }
    throw Refusal.bad(
        read.mistakes().getFirst().what(),
        read.mistakes().stream()
            .map(m -> Refusal.mistake(where + m.parameter(), m.what(), m.hint().orElse(null)))
            .toList());
  }
}
