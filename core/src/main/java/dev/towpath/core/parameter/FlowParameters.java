package dev.towpath.core.parameter;

import dev.towpath.core.project.Flow;
import dev.towpath.core.project.Parameter;
import dev.towpath.spi.TowpathException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Values of a flow's parameters, looked at where they come in. Stateless. */
public final class FlowParameters {
  private FlowParameters() {}

  /**
   * The values of a run: those that are given, and the defaults of the rest.
   *
   * @param given texts by name; several for a parameter that is a list
   * @throws TowpathException naming everything that is unknown, missing or wrong
   */
  public static Map<String, @Nullable Object> values(Flow flow, Map<String, List<String>> given) {
    List<String> lists =
        flow.parameters().stream().filter(Parameter::list).map(Parameter::name).toList();
    Map<String, @Nullable Object> texts = new HashMap<>();
    given.forEach((name, several) ->
        texts.put(
            name, several.size() == 1 && !lists.contains(name) ? several.getFirst() : several));
    GivenValues read = GivenValues.read(flow.parameters(), texts, true);
    if (read.mistakes().isEmpty()) {
      return read.values();
    }
    throw new TowpathException(
        "flow "
            + flow.name()
            + ": "
            + joined(read.mistakes().stream().map(GivenValues.Mistake::what)),
        joined(read.mistakes().stream().flatMap(m -> m.hint().stream()).distinct())
            + " (declared in "
            + flow.file()
            + ")");
  }

  private static String joined(Stream<String> texts) {
    return texts.collect(Collectors.joining("; "));
  }
}
