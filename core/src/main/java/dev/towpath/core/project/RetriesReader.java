package dev.towpath.core.project;

import dev.towpath.core.yaml.YamlMap;
import dev.towpath.core.yaml.YamlValue;
import java.util.Optional;
import java.util.Set;

/** Reads {@code retries:} of a flow or a job. */
final class RetriesReader {
  static final Set<String> KEYS = Set.of("max", "delay", "backoff", "longest", "jitter");
  private static final int MOST = 1_000;

  private RetriesReader() {}

  /** What a value says; a number alone is how often. */
  static Flow.Retries read(YamlValue value) {
    Flow.Retries none = Flow.Retries.NONE;
    if (value.kind() == YamlValue.Kind.INTEGER) {
      int most = value.asInteger(0, MOST).orElse(0L).intValue();
      return new Flow.Retries(most, none.delay(), none.backoff(), none.longest(), none.jitter());
    }
    Optional<YamlMap> map = value.asMap();
    map.ifPresent(m -> m.only(KEYS));
    return new Flow.Retries(
        map.flatMap(m -> m.required("max", "write max: and how often it is tried again"))
            .flatMap(v -> v.asInteger(0, MOST))
            .orElse(0L)
            .intValue(),
        map.flatMap(m -> m.get("delay")).flatMap(Values::duration).orElse(none.delay()),
        map.flatMap(m -> m.get("backoff")).flatMap(v -> number(v, 1, 100)).orElse(none.backoff()),
        map.flatMap(m -> m.get("longest")).flatMap(Values::duration).orElse(none.longest()),
        map.flatMap(m -> m.get("jitter")).flatMap(v -> number(v, 0, 1)).orElse(none.jitter()));
  }

  private static Optional<Double> number(YamlValue value, double least, double most) {
    Optional<String> text = value.asScalar();
    try {
      double number = Double.parseDouble(text.orElse(""));
      if (number >= least && number <= most) {
        return Optional.of(number);
      }
    } catch (NumberFormatException _) {
      // said below
    }
    if (text.isPresent()) {
      value.error("\"" + text.get() + "\" is not a number from " + least + " to " + most);
    }
    return Optional.empty();
  }
}
