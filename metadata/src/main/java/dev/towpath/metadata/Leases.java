package dev.towpath.metadata;

import dev.towpath.spi.TowpathException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who is alive on several machines, told by leases on the database's clock.
 *
 * <p>An incarnation has a row in table {@code node} and moves its expiry on with every beat, as
 * long as it is not past. Once it is past, it stays so: a beat does not touch it any more, and
 * whoever takes over what the dead one had removes the row. Every writing transaction of an
 * incarnation looks at its own row, under the lock by which all of them are serial; so one that
 * slept through its expiry writes nothing, however late it wakes. By its own clock, counted from
 * before a beat was sent, an incarnation gives its lease up when a quarter of it is left, and says
 * so to those who are to stop its work: the others, who cannot know what it does, take that over
 * once the lease is past. Thread-safe.
 */
final class Leases implements Liveness {
  /** How long a silent process counts as alive. */
  static final Duration TERM = Duration.ofMillis(Long.getLong("towpath.lease.millis", 20_000));

  private static final System.Logger LOG = System.getLogger(Leases.class.getName());

  private final Database database;
  private final PostgresConnector connector;
  private final Duration term;
  private final Duration beat;
  private final String incarnation = UUID.randomUUID().toString();
  private final List<Consumer<TowpathException>> listeners = new ArrayList<>(); // guarded by itself
  private volatile boolean registered;
  private volatile boolean lost;
  private volatile boolean stopped;
  private volatile long until; // by System.nanoTime()
  private @Nullable Thread beating;

  Leases(Database database, PostgresConnector connector, Duration term) {
    this.database = database;
    this.connector = connector;
    this.term = term;
    this.beat = term.multipliedBy(3).dividedBy(20);
  }

  @Override
  public synchronized String register() {
    requireHeld();
    if (!registered) {
      long sent = System.nanoTime();
      database.grouped(link ->
          Sql.update(
              link,
              "INSERT INTO node VALUES (?, ?, ?, ?, clock_timestamp(),"
                  + " clock_timestamp() + ? * interval '1 millisecond')",
              incarnation,
              host() + " " + ProcessHandle.current().pid(),
              host(),
              ProcessHandle.current().pid(),
              term.toMillis()));
      held(sent);
      registered = true;
      beating = Thread.ofPlatform().daemon().name("towpath-lease").start(this::beat);
      // Not a virtual one: others may hold all threads that carry those, in native code.
      Thread.ofPlatform().daemon().name("towpath-lease-watch").start(this::watch);
    }
    return incarnation;
  }

  /** This incarnation's name, once it has one that others know. */
  Optional<String> registered() {
    return registered ? Optional.of(incarnation) : Optional.empty();
  }

  /** Throws when others may have taken over what this incarnation has. */
  void requireHeld() {
    if (lost || (registered && System.nanoTime() - until > 0)) {
      throw lose();
    }
  }

  private void held(long sent) {
    until = sent + term.toNanos() * 3 / 4;
  }

  private void beat() {
    Link link = null;
    while (!stopped && !lost) {
      // After a failure sooner, so that there are some more tries before the lease ends.
      LockSupport.parkNanos(link == null ? beat.toNanos() / 3 : beat.toNanos());
      long sent = System.nanoTime();
      try {
        link = link == null ? connector.hurried(beat) : link;
        if (stopped) {
          break;
        }
        int moved =
            Sql.update(
                link,
                "UPDATE node SET expires = clock_timestamp() + ? * interval '1 millisecond'"
                    + " WHERE incarnation = ? AND expires > clock_timestamp()",
                term.toMillis(),
                incarnation);
        if (moved == 0) {
          lose();
        } else {
          held(sent);
        }
      } catch (SQLException e) {
        LOG.log(System.Logger.Level.DEBUG, "a beat failed", e);
        close(link);
        link = null;
      }
    }
    close(link);
  }

  /** Tells in time that no beat got through, whatever the beating thread waits for. */
  private void watch() {
    while (!stopped && !lost) {
      long left = until - System.nanoTime();
      if (left < 0) {
        lose();
      } else {
        LockSupport.parkNanos(left + 1_000_000);
      }
    }
  }

  private static void close(@Nullable Link link) {
    if (link != null) {
      try {
        link.close();
      } catch (SQLException e) {
        LOG.log(System.Logger.Level.DEBUG, "a connection was lost", e);
      }
    }
  }

  /** Gives up all work, since others may have it now; returns what to throw to who asks for it. */
  TowpathException lose() {
    List<Consumer<TowpathException>> told = List.of();
    synchronized (listeners) {
      if (!lost && !stopped) {
        told = List.copyOf(listeners);
      }
      lost = true;
    }
    TowpathException reason = reason();
    told.forEach(listener -> tell(listener, reason));
    return reason;
  }

  private TowpathException reason() {
    return new TowpathException(
        "this process was out of touch with "
            + database.name()
            + " for too long, so others may have taken over what it did; it writes nothing any"
            + " more",
        "start it again when the database can be reached");
  }

  private static void tell(Consumer<TowpathException> listener, TowpathException reason) {
    try {
      listener.accept(reason);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "what runs could not be stopped", e);
    }
  }

  @Override
  public void onLost(Consumer<TowpathException> listener) {
    boolean late;
    synchronized (listeners) {
      late = lost;
      listeners.add(listener);
    }
    if (late) {
      tell(listener, reason());
    }
  }

  @Override
  public String place(String other) {
    return "node " + other;
  }

  @Override
  public boolean alive(String other) {
    if (other.equals(incarnation) && registered && !lost) {
      return true;
    }
    return database.read(link ->
        Sql.number(
                link,
                "SELECT COUNT(*) FROM node WHERE incarnation = ? AND expires > clock_timestamp()",
                other)
            > 0);
  }

  @Override
  public boolean bury(Link link, String dead) throws SQLException {
    Sql.update(
        link, "DELETE FROM node WHERE incarnation = ? AND expires <= clock_timestamp()", dead);
    return Sql.number(link, "SELECT COUNT(*) FROM node WHERE incarnation = ?", dead) == 0;
  }

  @Override
  public void sweep() {
    database.grouped(link ->
        Sql.update(link, "DELETE FROM node WHERE expires <= clock_timestamp()")
            + Sql.update(
                link, "DELETE FROM writer WHERE at < clock_timestamp() - interval '1 day'"));
  }

  @Override
  public void close() {
    end("DELETE FROM node WHERE incarnation = ?");
  }

  @Override
  public void abandon() {
    end("UPDATE node SET expires = clock_timestamp() - interval '1 second' WHERE incarnation = ?");
  }

  private synchronized void end(String sql) {
    boolean leave = registered && !lost && !stopped;
    stopped = true;
    registered = false;
    if (!leave) {
      return;
    }
    if (beating != null) {
      LockSupport.unpark(beating);
    }
    // Not by the writer, which would wait for a server that is gone: then the lease runs out.
    try (Link link = connector.hurried(beat)) {
      Sql.update(link, sql, incarnation);
    } catch (SQLException e) {
      LOG.log(System.Logger.Level.DEBUG, "the lease will run out by itself", e);
    }
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }
}
