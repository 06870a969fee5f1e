package dev.towpath.core.store;

import dev.towpath.core.project.Flow;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Messages that are owed to people and programs. Each was written in the transaction of what it
 * tells, and is delivered after it, at least once. Thread-safe.
 */
public interface Outbox {

  /**
   * Takes messages that are due, so that no other process takes them until then.
   *
   * @param until when they are due again, unless told otherwise before
   */
  List<Message> claim(String environment, int most, Instant now, Instant until);

  /**
   * Owes a message that is about no run, unless the same was owed before.
   *
   * @param key tells it from other messages to the same receiver
   * @return whether it is a new one
   */
  boolean owe(
      String environment, String key, Flow.Notice to, Map<String, String> payload, Instant now);

  /** When the next message is due. */
  Optional<Instant> next(String environment);

  /** Notes that a message was delivered. */
  void delivered(Message message, Instant now);

  /**
   * Notes that delivering failed; the message is due again then, or given up when that is empty.
   */
  void failed(Message message, String error, Optional<Instant> again, Instant now);

  /** Messages of an environment, newest first. */
  List<Message> list(String environment, int limit);

  /**
   * A message.
   *
   * @param run of the flow that it tells of; empty text when it is about none
   * @param kind {@code webhook}, {@code slack} or {@code email}
   * @param target an URL or an address; {@code ${NAME}} in it is not resolved
   * @param payload what there is to say: {@code event} (failure, recovery, deadline), {@code flow},
   *     {@code run}, {@code due}, {@code state}, {@code message}, {@code task}; those that are
   *     known
   * @param attempts tries to deliver it so far, the one it was claimed for included
   * @param done when it was delivered or given up
   * @param error how the last try failed
   */
  record Message(
      long id,
      String environment,
      String run,
      String kind,
      String target,
      Map<String, String> payload,
      Instant due,
      int attempts,
      Optional<Instant> done,
      Optional<String> error) {
    public Message {
      payload = Map.copyOf(payload);
    }
  }
}
