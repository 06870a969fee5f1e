package dev.towpath.core.tell;

import dev.towpath.core.project.Flow;
import dev.towpath.core.project.Project;
import dev.towpath.core.schedule.Backoff;
import dev.towpath.core.store.Outbox;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Notifier;
import dev.towpath.spi.TowpathException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Delivers messages that are owed. Each is taken for a while, so that no other process sends it
 * too; if this one dies meanwhile, it is due again, and may arrive twice. What cannot be delivered
 * is tried again later and later, and given up after {@link #MOST_TRIES} tries. Thread-safe.
 */
public final class Courier {
  /** Tries until a message is given up; together they take some five hours. */
  public static final int MOST_TRIES = 10;

  private static final int MOST_AT_ONCE = 8;

  /** Longer than any try takes. */
  private static final Duration TAKEN = Duration.ofMinutes(3);

  private static final Flow.Retries AGAIN =
      new Flow.Retries(MOST_TRIES - 1, Duration.ofSeconds(15), 3, Duration.ofHours(1), 0.2);

  private final String environment;
  private final Outbox outbox;
  private final Supplier<Project> project;
  private final Letters letters;
  private final Map<String, Notifier> ways = new HashMap<>();
  private final InstantSource clock;
  private final Consumer<String> say;

  /**
   * A courier of one environment.
   *
   * @param project as it is now
   * @param say hears of what could not be delivered
   */
  public Courier(
      String environment,
      Outbox outbox,
      Supplier<Project> project,
      Letters letters,
      Collection<? extends Notifier> ways,
      InstantSource clock,
      Consumer<String> say) {
    this.environment = environment;
    this.outbox = outbox;
    this.project = project;
    this.letters = letters;
    ways.forEach(way -> this.ways.put(way.type(), way));
    this.clock = clock;
    this.say = say;
  }

  /**
   * Sends what is due now, several at a time.
   *
   * @return how many messages were tried
   * @throws CancelledException when this thread was interrupted; what it did not send is due later
   */
  public int deliver() {
    Instant now = clock.instant();
    List<Outbox.Message> due = outbox.claim(environment, MOST_AT_ONCE, now, now.plus(TAKEN));
    List<Thread> threads = new ArrayList<>();
    due.forEach(message -> threads.add(Thread.ofVirtual().start(() -> deliver(message))));
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      threads.forEach(Thread::interrupt);
      Thread.currentThread().interrupt();
      throw new CancelledException(e);
    }
    return due.size();
  }

  private void deliver(Outbox.Message message) {
    Project now = project.get();
    try {
      send(now, message);
      outbox.delivered(message, clock.instant());
    } catch (CancelledException e) {
      return; // it is due again by itself
    } catch (TowpathException e) {
      failed(message, now.redaction().apply(String.valueOf(e.getMessage())));
    } catch (RuntimeException e) { // a mistake of ours must not look like a delivery
      failed(message, "a mistake in towpath itself: " + e.getClass().getSimpleName());
    }
  }

  private void send(Project now, Outbox.Message message) {
    Notifier way = Objects.requireNonNull(ways.get(message.kind()), message.kind());
    Optional<String> secret = notices(now, message).flatMap(n -> n.secret().stream()).findFirst();
    String address = now.variables().resolve(message.target());
    Optional<String> key = secret.map(s -> now.variables().resolve(s));
    way.send(new Notifier.Receiver(address, key), letters.of(now, message));
  }

  /** What the project says of the receiver today. */
  private static Stream<Flow.Notice> notices(Project now, Outbox.Message message) {
    return Stream.concat(
            now.flow(message.payload().getOrDefault("flow", "")).stream()
                .flatMap(flow -> flow.notices().stream()),
            now.telling().notices().stream())
        .filter(n -> n.type().equals(message.kind()) && n.target().equals(message.target()));
  }

  private void failed(Outbox.Message message, String error) {
    Instant now = clock.instant();
    boolean last = message.attempts() >= MOST_TRIES;
    Optional<Instant> again =
        last
            ? Optional.empty()
            : Optional.of(
                now.plus(Backoff.delay(AGAIN, message.attempts() - 1, (message.id() % 10) / 10.0)));
    outbox.failed(message, error, again, now);
    say.accept(
        "%s of %s could not be told by %s (try %d of %d): %s%s"
            .formatted(
                message.payload().getOrDefault("event", "something"),
                Letters.subject(message),
                message.kind(),
                message.attempts(),
                MOST_TRIES,
                error,
                last ? "; it is given up" : ""));
  }
}
