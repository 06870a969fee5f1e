package dev.towpath.core.check;

import dev.towpath.core.project.Source;
import dev.towpath.spi.Column;
import dev.towpath.spi.HiddenColumns;
import dev.towpath.spi.Location;
import dev.towpath.spi.Names;
import dev.towpath.spi.Schema;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** Refuses columns whose names Towpath needs for its own. */
final class OwnNames {
  /** What the columns begin with that a run adds to rows on their way. */
  private static final String PREFIX = "towpath_";

  private static final Set<String> HIDDEN =
      HiddenColumns.ALL.stream().map(c -> Names.identity(c.name())).collect(Collectors.toSet());

  private OwnNames() {}

  /** Checks a table that is stored, whose columns are known. */
  static void check(Node node, Location at, Problems problems) {
    Schema schema = Objects.requireNonNull(node.schema);
    boolean fromFiles =
        node.declared instanceof Source.Table t
            && Set.of("files", "http").contains(t.declaration().type());
    for (Column column : schema.columns()) {
      String name = Names.identity(column.name());
      if (name.startsWith(PREFIX)) {
        problems.error(
            at,
            "column \"" + column.name() + "\" has a name that is kept for Towpath's own columns",
            "give it one that does not begin with " + PREFIX);
      } else if (fromFiles && HIDDEN.contains(name)) {
        problems.error(
            at,
            "column \"" + column.name() + "\" is one that every row from a file gets from Towpath",
            "the names _file, _row and _run are taken: rename it where the file is made");
      }
    }
    if (!fromFiles && schema.columns().containsAll(HiddenColumns.ALL)) {
      problems.error(
          at,
          "columns _file, _row and _run together are those that Towpath adds and hides",
          "give one of them another name");
    }
  }
}
