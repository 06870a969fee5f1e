package dev.towpath.source.tpch;

import dev.towpath.spi.RowReader;
import org.jspecify.annotations.Nullable;

/** Some columns of other rows. */
final class Picked implements RowReader {
  private final RowReader rows;
  private final int[] places;
  private final @Nullable Object[] row;

  Picked(RowReader rows, int[] places) {
    this.rows = rows;
    this.places = places.clone();
    this.row = new Object[places.length];
  }

  @Override
  public @Nullable Object @Nullable [] next() {
    @Nullable Object @Nullable [] whole = rows.next();
    if (whole == null) {
      return null;
    }
    for (int i = 0; i < places.length; i++) {
      row[i] = whole[places[i]];
    }
    return row;
  }

  @Override
  public void close() {
    rows.close();
  }
}
