package dev.towpath.core.project;

import dev.towpath.spi.Location;
import dev.towpath.spi.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The checks that a declared key means: its columns hold no NULL, and no two rows have the same
 * values. Kinds {@code merge} and {@code scd2} see to that themselves while they write.
 */
final class KeyChecks {
  private static final Set<Model.Kind> CHECKED =
      Set.of(Model.Kind.TABLE, Model.Kind.VIEW, Model.Kind.INCREMENTAL, Model.Kind.APPEND);

  private KeyChecks() {}

  /** The declared checks, and those of the key that are not among them. */
  static List<Check> with(List<Check> declared, Model.Kind kind, List<String> key, Location at) {
    if (key.isEmpty() || !CHECKED.contains(kind)) {
      return declared;
    }
    List<Check> checks = new ArrayList<>(declared);
    Set<String> names =
        declared.stream().map(c -> Names.identity(c.name())).collect(Collectors.toSet());
    for (String column : key) {
      add(checks, names, "not_null(" + column + ")", new Check.NotNull(column), at);
    }
    add(checks, names, "unique(" + String.join(", ", key) + ")", new Check.Unique(key), at);
    return checks;
  }

  private static void add(
      List<Check> checks, Set<String> names, String name, Check.Rule rule, Location at) {
    if (names.add(Names.identity(name)) && checks.stream().noneMatch(c -> c.rule().equals(rule))) {
      checks.add(new Check(name, rule, false, at));
    }
  }
}
