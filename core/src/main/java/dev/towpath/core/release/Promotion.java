package dev.towpath.core.release;

import dev.towpath.core.store.Release;
import dev.towpath.spi.TableName;
import java.util.List;
import java.util.Optional;

/**
 * What promoting did.
 *
 * @param release the release that was published; empty when nothing could be promoted
 * @param promoted tables that now have the state they were tested with
 * @param removed tables that left, as they had left the environment promoted from
 * @param rebuild tables whose definition differs, but whose data has changed over there since the
 *     two last agreed: the next run there builds them
 */
public record Promotion(
    Optional<Release> release,
    List<TableName> promoted,
    List<TableName> removed,
    List<TableName> rebuild) {
  public Promotion {
    promoted = List.copyOf(promoted);
    removed = List.copyOf(removed);
    rebuild = List.copyOf(rebuild);
  }
}
