package dev.towpath.server;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * Answers by their tags, which say what they were made of, so that none is ever out of date. The
 * one that was asked for longest ago goes first. Thread-safe.
 */
final class KeptAnswers {
  /** The most bytes of one answer unless it is said; larger ones are sent, not kept. */
  static final int MOST_OF_ONE = 1 << 20;

  private final long most;
  private final int mostOfOne;
  private final Map<String, Answer.Bytes> byTag = new LinkedHashMap<>(256, 0.75f, true);
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private long bytes;

  /** Answers of so many bytes together. */
  KeptAnswers(long most) {
    this(most, MOST_OF_ONE);
  }

  /** Answers of so many bytes together, and each of at most so many. */
  KeptAnswers(long most, int mostOfOne) {
    this.most = most;
    this.mostOfOne = mostOfOne;
  }

  Optional<Answer.Bytes> get(String tag) {
    Answer.Bytes known;
    synchronized (this) {
      known = byTag.get(tag);
    }
    (known == null ? misses : hits).increment();
    return Optional.ofNullable(known);
  }

  synchronized void put(String tag, Answer.Bytes answer) {
    if (answer.body().length > mostOfOne) {
      return;
    }
    Answer.Bytes before = byTag.put(tag, answer);
    bytes += cost(answer) - (before == null ? 0 : cost(before));
    Iterator<Answer.Bytes> eldest = byTag.values().iterator();
    while (bytes > most && eldest.hasNext()) {
      bytes -= cost(eldest.next());
      eldest.remove();
    }
  }

  /** Its tag, headers and places in tables count, too: most answers are shorter than those. */
  private static long cost(Answer.Bytes answer) {
    return 1_024L + answer.body().length;
  }

  synchronized long bytes() {
    return bytes;
  }

  long hits() {
    return hits.sum();
  }

  long misses() {
    return misses.sum();
  }
}
