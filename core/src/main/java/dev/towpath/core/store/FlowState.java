package dev.towpath.core.store;

import dev.towpath.spi.TableName;
import java.time.Instant;
import java.util.Map;

/**
 * How far a flow has come in an environment.
 *
 * @param paused whether nothing but people sets it off
 * @param cursor firings up to this moment, itself included, have been seen to
 * @param seen versions of the tables that it waits for, when they last set it off
 */
public record FlowState(
    String environment, String flow, boolean paused, Instant cursor, Map<TableName, String> seen) {
  public FlowState {
    seen = Map.copyOf(seen);
  }
}
