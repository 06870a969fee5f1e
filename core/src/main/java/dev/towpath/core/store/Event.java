package dev.towpath.core.store;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Something that happened.
 *
 * @param id grows from event to event of a store
 * @param type such as {@code run.started}
 * @param run of a flow, or of tables
 * @param task as {@link FlowTask.Key} writes it
 * @param detail what else there is to say
 */
public record Event(
    long id,
    Instant at,
    String environment,
    String type,
    Optional<String> flow,
    Optional<String> run,
    Optional<String> task,
    Map<String, String> detail) {
  public Event {
    detail = Collections.unmodifiableMap(new TreeMap<>(detail)); // the same text in every process
  }
}
