package dev.towpath.core.query;

import dev.towpath.spi.Names;
import dev.towpath.spi.SqlAnalyzer.TableUse;
import dev.towpath.spi.TableName;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Says which table may have been meant; only tables that are granted are named. */
final class TableHints {
  private final boolean empty;
  private final List<String> names;

  TableHints(Collection<TableName> tables, Predicate<TableName> granted) {
    this.empty = tables.isEmpty();
    this.names = tables.stream().filter(granted).map(TableName::toString).sorted().toList();
  }

  String hint(TableUse use) {
    if (empty) {
      return "nothing is published yet; \"towpath run\" publishes";
    }
    Optional<String> near =
        use.schema().isPresent()
            ? Names.nearest(use.schema().get() + "." + use.table(), names)
            : names.stream()
                .filter(n -> Names.identity(n).endsWith("." + Names.identity(use.table())))
                .findFirst();
    return near.map(n -> "did you mean \"" + n + "\"?")
        .orElse("\"towpath ls\" shows the project's tables; they are written schema.table");
  }
}
