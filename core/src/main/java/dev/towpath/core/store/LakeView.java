package dev.towpath.core.store;

import dev.towpath.spi.TableName;
import java.util.Map;
import java.util.Optional;

/** A consistent snapshot: every table's state in one release. */
public record LakeView(Release release, Map<TableName, TableState> tables) {
  public LakeView {
    tables = Map.copyOf(tables);
  }

  /** The state of a table, if it has one there. */
  public Optional<TableState> table(TableName name) {
    return Optional.ofNullable(tables.get(name));
  }
}
