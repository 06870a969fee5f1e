package dev.towpath.server;

import dev.towpath.spi.Batch;
import dev.towpath.spi.Slice;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A cursor that remembers which row was the last of a page, and whether there are more. */
final class PagedRows implements Lakehouse.Cursor {
  private final Lakehouse.Cursor cursor;
  private final long release;
  private final List<Slice.Key> by;
  private long left;
  private boolean more;
  private @Nullable PageCursor last;

  /**
   * A page.
   *
   * @param size its rows; what comes after them only tells that there are more
   */
  PagedRows(Lakehouse.Cursor cursor, long release, List<Slice.Key> by, long size) {
    this.cursor = cursor;
    this.release = release;
    this.by = by;
    this.left = size;
  }

  @Override
  public @Nullable Batch next() {
    Batch batch = cursor.next();
    if (batch != null) {
      int taken = (int) Math.min(left, batch.rows());
      left -= taken;
      more |= taken < batch.rows();
      if (taken > 0) {
        last = PageCursor.after(release, batch, taken - 1, by);
      }
    }
    return batch;
  }

  /** Where the next page begins, when it is known that there is one. */
  Optional<PageCursor> next(boolean fullMeansMore) {
    return more || (fullMeansMore && left == 0) ? Optional.ofNullable(last) : Optional.empty();
  }

  @Override
  public Batch.Writer arrow(OutputStream out) {
    return cursor.arrow(out);
  }

  @Override
  public void cancel() {
    cursor.cancel();
  }

  @Override
  public void close() {
    cursor.close();
  }
}
