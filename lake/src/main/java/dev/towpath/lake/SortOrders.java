package dev.towpath.lake;

import dev.towpath.lake.iceberg.SortOrder;
import dev.towpath.lake.iceberg.TableState;
import dev.towpath.spi.Field;
import dev.towpath.spi.Names;
import dev.towpath.spi.SortField;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Turns {@code sort_by:} into sort orders, and keeps what earlier states gave ids to. */
final class SortOrders {
  private SortOrders() {}

  /**
   * The orders of a new state, its own last: the base's that are still possible, since readers may
   * know them by id, and one more unless one of these is meant.
   */
  static List<SortOrder> resolve(
      Optional<TableState> base, List<Field> fields, List<SortField> sortBy) {
    List<SortOrder> old = base.map(TableState::sortOrders).orElse(List.of(SortOrder.NONE));
    List<SortOrder.Key> keys = keys(fields, sortBy);
    int next = old.stream().mapToInt(SortOrder::id).max().orElse(0) + 1;
    SortOrder own =
        keys.isEmpty()
            ? SortOrder.NONE
            : old.stream()
                .filter(o -> o.keys().equals(keys))
                .findFirst()
                .orElse(new SortOrder(next, keys));
    List<SortOrder> orders = new ArrayList<>();
    for (SortOrder order : old) {
      if (order.id() != own.id() && holds(order, fields)) {
        orders.add(order);
      }
    }
    orders.add(own);
    return orders;
  }

  /**
   * Iceberg sorts by plain columns only; rows are sorted by those before another one all the same.
   */
  private static List<SortOrder.Key> keys(List<Field> fields, List<SortField> sortBy) {
    List<SortOrder.Key> keys = new ArrayList<>();
    for (SortField wanted : sortBy) {
      Optional<Field> field =
          fields.stream()
              .filter(f -> Names.identity(f.name()).equals(Names.identity(wanted.column())))
              .filter(f -> f.children().isEmpty())
              .findFirst();
      if (field.isEmpty()) {
        break;
      }
      keys.add(new SortOrder.Key(field.get().id(), wanted.descending()));
    }
    return keys;
  }

  private static boolean holds(SortOrder order, List<Field> fields) {
    return order.keys().stream()
        .allMatch(k -> fields.stream().anyMatch(f -> f.id() == k.sourceId()));
  }
}
