package dev.towpath.server;

import dev.towpath.core.access.Principal;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;

/** Queries that run and whose askers want to know how far they are. Thread-safe. */
final class Watched {
  private final Map<Key, DoubleSupplier> running = new ConcurrentHashMap<>();

  /** A name that somebody gave to a query of theirs. */
  private record Key(String who, String name) {}

  /** A query that is watched until this is closed. */
  interface Watch extends AutoCloseable {
    /** Says by what its progress is told. */
    void by(DoubleSupplier progress);

    @Override
    void close();
  }

  /** Begins to watch a query that has a name; the one that had it before is forgotten. */
  Watch begin(Principal who, Optional<String> name) {
    return new Watch() {
      private DoubleSupplier mine = () -> -1;

      @Override
      public void by(DoubleSupplier progress) {
        mine = progress;
        name.ifPresent(n -> running.put(new Key(who.name(), n), progress));
      }

      @Override
      public void close() {
        name.ifPresent(n -> running.remove(new Key(who.name(), n), mine));
      }
    };
  }

  /** How far somebody's query is; empty when it has not begun, is over or does not know. */
  OptionalDouble progress(Principal who, String name) {
    DoubleSupplier progress = running.get(new Key(who.name(), name));
    double known = progress == null ? -1 : progress.getAsDouble();
    return known < 0 ? OptionalDouble.empty() : OptionalDouble.of(known);
  }
}
