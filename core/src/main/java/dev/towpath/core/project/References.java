package dev.towpath.core.project;

import dev.towpath.core.yaml.Problems;
import dev.towpath.spi.Location;
import dev.towpath.spi.Names;
import dev.towpath.spi.TableName;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What only shows when all files are read: names used twice, and names of tables that are not. */
final class References {
  private final Problems problems;
  private final Map<TableName, Location> tables = new HashMap<>();
  private final Set<TableName> models = new HashSet<>();
  private final boolean complete;

  /**
   * Starts with no names.
   *
   * @param complete whether every source could be read; if not, a schema without any table is taken
   *     to be that of a broken one, and names in it are left alone
   */
  References(boolean complete, Problems problems) {
    this.complete = complete;
    this.problems = problems;
  }

  /** Takes a table's name; notes it when it is taken already. */
  boolean claim(TableName table, Location at) {
    Location earlier = tables.putIfAbsent(table, at);
    if (earlier == null) {
      return true;
    }
    String where = earlier.file().equals(at.file()) ? "line " + earlier.line() : earlier.file();
    problems.error(
        at,
        "the table \"" + table + "\" is already declared in " + where,
        "rename one; upper and lower case make no difference");
    return false;
  }

  /** Takes a model's name. */
  boolean claimModel(TableName table, Location at) {
    boolean free = claim(table, at);
    if (free) {
      models.add(table);
    }
    return free;
  }

  /** Notes checks that refer to tables that are not there. */
  void checks(Collection<Check> checks) {
    for (Check check : checks) {
      if (check.rule() instanceof Check.Relationship relationship) {
        known(relationship.table(), check.location());
      }
    }
  }

  /** Notes a model's references to tables that are not there. */
  void model(Model model) {
    checks(model.checks());
    model.ignoreChanges().forEach(table -> known(table, model.at("ignore_changes")));
  }

  /** Notes a test's references to tables that are not there. */
  void test(UnitTest test) {
    if (!models.contains(test.model())) {
      problems.error(
          test.location(),
          "unknown model \"" + test.model() + "\"",
          Problems.knownNames(test.model().toString(), names(models)));
    }
    test.given().keySet().forEach(table -> known(table, givenAt(test, table)));
  }

  private static Location givenAt(UnitTest test, TableName table) {
    List<UnitTest.Row> rows = test.given().getOrDefault(table, List.of());
    return rows.isEmpty() ? test.location() : rows.getFirst().location();
  }

  private void known(TableName table, Location at) {
    if (!tables.containsKey(table) && (complete || hasSchema(table.schema()))) {
      problems.error(
          at,
          "unknown table \"" + table + "\"",
          Problems.knownNames(table.toString(), names(tables.keySet())));
    }
  }

  private boolean hasSchema(String schema) {
    String identity = Names.identity(schema);
    return tables.keySet().stream().anyMatch(t -> Names.identity(t.schema()).equals(identity));
  }

  private static List<String> names(Collection<TableName> tables) {
    return tables.stream().map(TableName::toString).toList();
  }

  /** Notes endpoints that answer at one path. */
  void endpoints(List<Endpoint> endpoints) {
    Map<String, Endpoint> byPath = new HashMap<>();
    for (Endpoint endpoint : endpoints) {
      StringBuilder shape = new StringBuilder(endpoint.method());
      for (String segment : endpoint.path().split("/", -1)) {
        shape.append('/').append(segment.startsWith("{") ? "{}" : segment);
      }
      Endpoint earlier = byPath.putIfAbsent(shape.toString(), endpoint);
      if (earlier != null) {
        problems.error(
            endpoint.location(),
            "the path \"" + endpoint.path() + "\" is already taken by " + earlier.file(),
            "change one");
      }
    }
  }
}
