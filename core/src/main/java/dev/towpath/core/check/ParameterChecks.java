package dev.towpath.core.check;

import dev.towpath.core.parameter.GivenValues;
import dev.towpath.core.project.Parameter;
import dev.towpath.spi.Location;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Whether what is declared of a parameter fits together. Stateless. */
final class ParameterChecks {
  private ParameterChecks() {}

  /** Whether default, bounds and values are of the parameter's type, and the default among them. */
  static void fits(Parameter parameter, Problems problems) {
    List<String> wrong =
        Stream.of(
                parameter.fallback().stream(),
                parameter.low().stream(),
                parameter.high().stream(),
                parameter.values().stream())
            .flatMap(texts -> texts)
            .filter(text -> GivenValues.value(parameter.type(), text).isEmpty())
            .distinct()
            .toList();
    wrong.forEach(text -> misfit(parameter.location(), parameter, text, problems));
    if (wrong.isEmpty() && parameter.fallback().isPresent()) {
      GivenValues.read(List.of(parameter), Map.of(), true)
          .mistakes()
          .forEach(
              m -> problems.error(parameter.location(), "the default of " + m.what(), m.hint()));
    }
  }

  /** Says that a text is not of a parameter's type. */
  static void misfit(Location at, Parameter parameter, String text, Problems problems) {
    problems.error(
        at,
        "\"" + text + "\" is no " + parameter.type().sql(),
        GivenValues.example(parameter.type()).map(e -> "write it as " + e));
  }
}
