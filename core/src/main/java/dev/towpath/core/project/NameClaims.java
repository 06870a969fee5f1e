package dev.towpath.core.project;

import dev.towpath.core.yaml.Problems;
import dev.towpath.spi.Location;
import dev.towpath.spi.TableName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Names that may be taken only once, across all files. */
final class NameClaims {
  private final Problems problems;
  private final Map<TableName, Location> tables = new HashMap<>();

  NameClaims(Problems problems) {
    this.problems = problems;
  }

  /** Takes a table's name; notes it and returns false when it is taken already. */
  boolean claim(TableName table, Location at) {
    Location earlier = tables.putIfAbsent(table, at);
    if (earlier == null) {
      return true;
    }
    String where =
        earlier.file().equals(at.file()) ? "on line " + earlier.line() : "in " + earlier.file();
    problems.error(
        at,
        "the table \"" + table + "\" is already declared " + where,
        "rename one; upper and lower case make no difference");
    return false;
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
            "give one of them another path");
      }
    }
  }
}
