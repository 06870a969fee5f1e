package dev.towpath.source.tpch;

import dev.towpath.spi.RowReader;
import java.util.Iterator;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Generated things as rows, all in one array. */
final class TpchRows<E> implements RowReader {
  private final Iterator<E> things;
  private final BiConsumer<E, Object[]> toRow;
  private final Object[] row;

  TpchRows(Iterator<E> things, BiConsumer<E, Object[]> toRow, int width) {
    this.things = things;
    this.toRow = toRow;
    this.row = new Object[width];
  }

  @Override
  public @Nullable Object @Nullable [] next() {
    if (!things.hasNext()) {
      return null;
    }
    toRow.accept(things.next(), row);
    return row;
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
