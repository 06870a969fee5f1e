package dev.towpath.core.project;

import dev.towpath.core.yaml.Problems;
import dev.towpath.core.yaml.YamlMap;
import dev.towpath.core.yaml.YamlValue;
import dev.towpath.spi.Names;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the list under {@code checks:}. */
final class CheckReader {
  /** Keys of the long form. */
  static final List<String> KEYS = List.of("check", "sql", "name", "severity");

  /** Values of {@code severity:}, and whether they only warn. */
  static final Map<String, Boolean> SEVERITIES = Map.of("error", false, "warn", true);

  private CheckReader() {}

  static List<Check> read(YamlValue list) {
    List<Check> checks = new ArrayList<>();
    boolean skipping = false;
    for (YamlValue item : list.asList()) {
      String text = item.scalar().orElse("");
      if (skipping) { // what YAML cut off the text before
        skipping = !text.contains(")");
      } else if (cutCall(item).isPresent()) {
        item.error(
            "YAML cuts this check at its comma",
            "put quotes around it: \"" + cutCall(item).get() + "\"");
        skipping = true;
      } else {
        one(item).ifPresent(checks::add);
      }
    }
    return checks;
  }

  /** All of a call of which YAML took a part only: a text without quotes ends at a comma. */
  static Optional<String> cutCall(YamlValue value) {
    String text = value.scalar().orElse("");
    int open = text.indexOf('(');
    if (!value.isPlain() || open < 0 || Call.closing(text, open) >= 0) {
      return Optional.empty();
    }
    String line = value.line();
    int close = Call.closing(line, line.indexOf('('));
    return close < 0 ? Optional.empty() : Optional.of(line.substring(0, close + 1));
  }

  private static Optional<Check> one(YamlValue item) {
    if (item.kind() == YamlValue.Kind.MAP) {
      return item.asMap().flatMap(CheckReader::longForm);
    }
    if (item.kind() == YamlValue.Kind.BOOLEAN) { // a column of that name, or a constant
      item.error("a check must be text", "put quotes around the expression");
      return Optional.empty();
    }
    return item.asText()
        .flatMap(text -> CheckParser.parse(item, text))
        .map(named -> check(named.name(), named.rule(), false, item));
  }

  private static Optional<Check> longForm(YamlMap map) {
    if (KEYS.stream().noneMatch(map::has)) {
      noteShape(map);
      return Optional.empty();
    }
    map.only(KEYS);
    Optional<String> name = map.text("name");
    boolean warn = map.get("severity").flatMap(v -> v.asOneOf(SEVERITIES)).orElse(false);
    if (map.has("check") == map.has("sql")) {
      map.value()
          .error(
              "a check has either \"check\" or \"sql\"",
              "write {check: ..., severity: warn} or {sql: \"...\", name: ...}");
      return Optional.empty();
    }
    if (map.has("check")) {
      return map.get("check")
          .flatMap(value ->
              value
                  .asText()
                  .flatMap(text -> CheckParser.parse(value, text))
                  .map(n -> check(name.orElse(n.name()), n.rule(), warn, value)));
    }
    if (name.isEmpty()) {
      map.required("name", "a check with \"sql\" needs a name to be called by");
      return Optional.empty();
    }
    return map.get("sql")
        .flatMap(v ->
            v.asText()
                .map(sql -> check(name.get(), new Check.BadRows(sql.stripTrailing()), warn, v)));
  }

  /** A map that is none of ours: an expression that YAML split, or another tool's form. */
  private static void noteShape(YamlMap map) {
    List<YamlMap.Entry> entries = map.entries();
    String first = entries.isEmpty() ? "" : entries.getFirst().key();
    String form = CheckParser.FORMS.get(first);
    if (form != null) {
      map.value().error("the check \"" + first + "\" is not a key", "write " + form);
    } else if (map.entries().size() == 1 && first.contains(" ")) {
      map.value()
          .error("YAML splits this check at its \": \"", "put quotes around the whole expression");
    } else {
      map.only(KEYS);
    }
  }

  private static Check check(String name, Check.Rule rule, boolean warn, YamlValue value) {
    boolean warns = warn || rule instanceof Check.Fresh;
    return new Check(name, rule, warns, value.textLocation());
  }

  /** The checks whose names differ; notes the others. */
  static List<Check> distinct(List<Check> checks, Problems problems) {
    Map<String, Check> byName = new HashMap<>();
    List<Check> distinct = new ArrayList<>();
    for (Check check : checks) {
      Check earlier = byName.putIfAbsent(Names.identity(check.name()), check);
      if (earlier == null) {
        distinct.add(check);
      } else {
        problems.error(
            check.location(),
            "the check \"" + check.name() + "\" stands twice",
            "it is also at " + earlier.location() + "; remove one, or give one a name");
      }
    }
    return distinct;
  }
}
