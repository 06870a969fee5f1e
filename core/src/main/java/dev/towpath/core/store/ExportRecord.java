package dev.towpath.core.store;

import dev.towpath.spi.TableName;
import java.util.Optional;

/**
 * What is owed to one export of one table, and what it has got. It is written with the release that
 * it is about, in one transaction, so that nothing that was published is forgotten.
 *
 * @param target {@link dev.towpath.core.project.Export#id}
 * @param wanted id of the state that it should have
 * @param release the release that brought that state
 * @param done id of the state that it has got; empty before the first
 * @param failures tries that failed since it last got one
 * @param error how the last one failed
 */
public record ExportRecord(
    String environment,
    TableName table,
    String target,
    String wanted,
    long release,
    Optional<String> done,
    int failures,
    Optional<String> error) {
  /** Whether there is nothing to do. */
  public boolean isDone() {
    return done.filter(wanted::equals).isPresent();
  }
}
