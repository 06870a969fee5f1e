package dev.towpath.metadata;

import dev.towpath.spi.TowpathException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A schema in PostgreSQL, for several machines.
 *
 * <p>Every writing transaction, of whichever process, first takes one lock, so that writes are as
 * serial as SQLite's; then it looks whether its own process is still taken to be alive, and notes
 * its number in a row of its own. When the connection is lost before the commit was sent, nothing
 * has happened, and the work is done again on a new one. When it is lost while committing, that row
 * tells what came of it. Reads see one moment and are simply done again. Reading a store that is
 * not there gives an empty one and makes nothing. Thread-safe.
 */
final class PostgresDatabase implements Database {
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final Duration GLANCE = Duration.ofMillis(100);
  private static final int MOST_READERS = 8;

  private final PostgresAddress address;
  private final PostgresConnector connector;
  private final PostgresSchema schema;
  private final List<String> steps;
  private final Leases leases;
  private final Duration patience;
  private final PlatformThreads threads = new PlatformThreads();
  private final Semaphore readers = new Semaphore(MOST_READERS);
  private final ConcurrentLinkedDeque<Link> idle = new ConcurrentLinkedDeque<>();
  private final ReentrantLock opening = new ReentrantLock();
  private final Writer writer = new Writer(new Session());
  private final AtomicLong own = new AtomicLong();
  private long looked; // this and the next guarded by own
  private long others;
  private volatile boolean ready;
  private volatile boolean closed;

  PostgresDatabase(PostgresAddress address) {
    this(address, Migrations.STEPS, Leases.TERM, connection -> connection);
  }

  /**
   * For tests.
   *
   * @param steps the migrations to take
   * @param lease how long a silent process counts as alive; a lost server is waited for nearly as
   *     long
   * @param wrap what every new connection goes through
   */
  PostgresDatabase(
      PostgresAddress address, List<String> steps, Duration lease, UnaryOperator<Connection> wrap) {
    this.address = address;
    this.steps = steps;
    this.patience = lease.multipliedBy(3).dividedBy(4);
    this.connector = new PostgresConnector(address, lease, wrap);
    this.schema = new PostgresSchema(address, steps);
    this.leases = new Leases(this, connector, lease);
  }

  @Override
  public String name() {
    return address.name();
  }

  @Override
  public String makeRoom() {
    return "rename or drop its schema \"" + address.schema() + "\"";
  }

  @Override
  public boolean exists() {
    if (ready) {
      return true;
    }
    return threads.call(() -> {
      Link link = null;
      try {
        link = idle.poll();
        link = link == null ? connector.connect() : link;
        boolean exists = schema.exists(link);
        release(link);
        link = null;
        return exists;
      } catch (SQLException e) {
        throw PostgresFailures.of(e, address);
      } finally {
        discard(link);
      }
    });
  }

  @Override
  public boolean readOnly() {
    return false;
  }

  @Override
  public TowpathException refusal() {
    throw new IllegalStateException("never read-only");
  }

  @Override
  public Liveness liveness() {
    return leases;
  }

  @Override
  public <T> T made(Work<T> work) {
    threads.call(() -> {
      prepare();
      return true;
    });
    return read(work);
  }

  @Override
  public <T> T read(Work<T> work) {
    if (!ready && !exists()) {
      return empty(work);
    }
    return threads.call(() -> {
      readers.acquireUninterruptibly();
      try {
        return patiently(work);
      } finally {
        readers.release();
      }
    });
  }

  private <T> T empty(Work<T> work) {
    try (Link link = SqliteDatabase.empty(steps)) {
      return work.run(link);
    } catch (SQLException e) {
      throw new TowpathException("an empty store cannot be read: " + e.getMessage(), null, e);
    }
  }

  private <T> T patiently(Work<T> work) {
    Instant since = Instant.now();
    while (true) {
      try {
        return once(work);
      } catch (SQLException e) {
        if (!again(e, since)) {
          throw PostgresFailures.of(e, address);
        }
      }
    }
  }

  private <T> T once(Work<T> work) throws SQLException {
    prepare();
    leases.requireHeld();
    Link link = idle.poll();
    boolean good = false;
    try {
      link = link == null ? connector.connect() : link;
      Sql.execute(link, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
      T result = work.run(link);
      Sql.execute(link, "COMMIT");
      good = true;
      return result;
    } finally {
      if (good) {
        release(link);
      } else {
        discard(link);
      }
    }
  }

  @Override
  public <T> T synced(Work<T> work) {
    return write(work, true);
  }

  @Override
  public <T> T grouped(Work<T> work) {
    return write(work, false);
  }

  /** Own changes count at once, those of others a moment later. */
  @Override
  public long changes() {
    if (!ready && !exists()) {
      return 0;
    }
    long now = System.nanoTime();
    synchronized (own) {
      if (looked == 0 || now - looked > GLANCE.toNanos()) {
        looked = now;
        others = read(link -> Sql.number(link, "SELECT COALESCE(SUM(number), 0) FROM writer"));
      }
      return others + own.get();
    }
  }

  private <T> T write(Work<T> work, boolean synced) {
    if (!ready) {
      threads.call(() -> {
        prepare();
        return true;
      });
    }
    T result = writer.submit(work, synced);
    own.incrementAndGet();
    return result;
  }

  @Override
  public void close() {
    closed = true;
    writer.close();
    for (Link c = idle.poll(); c != null; c = idle.poll()) {
      discard(c);
    }
    threads.close();
  }

  /** Makes the tables or brings them up to date, once. */
  private void prepare() {
    if (closed) {
      throw new TowpathException(name() + " has been closed");
    }
    if (ready) {
      return;
    }
    opening.lock();
    Link link = null;
    try {
      if (!ready) {
        link = idle.poll();
        link = link == null ? connector.connect() : link;
        schema.migrate(link);
        ready = true;
        release(link);
        link = null;
      }
    } catch (SQLException e) {
      throw PostgresFailures.of(e, address);
    } finally {
      discard(link); // rolls back
      opening.unlock();
    }
  }

  private void release(@Nullable Link link) {
    if (link != null && !closed && idle.size() < MOST_READERS) {
      idle.push(link);
    } else {
      discard(link);
    }
  }

  private static void discard(@Nullable Link link) {
    if (link != null) {
      try {
        link.close();
      } catch (SQLException e) {
        // It was only read from, or has failed before and told so: nothing is lost.
        assert e != null;
      }
    }
  }

  /** Rests for a moment when another try may go better. */
  private boolean again(SQLException failure, Instant since) {
    if (!ready
        || closed
        || !PostgresFailures.passes(failure)
        || Duration.between(since, Instant.now()).compareTo(patience) > 0
        || Thread.currentThread().isInterrupted()) {
      return false;
    }
    for (Link c = idle.poll(); c != null; c = idle.poll()) {
      discard(c); // a server that stopped has cut them all
    }
    LockSupport.parkNanos(PAUSE.toNanos());
    return true;
  }

  /** How the writer uses the schema. */
  private final class Session implements Writer.Session {
    private final String session = UUID.randomUUID().toString();
    private long transaction;

    @Override
    public String name() {
      return PostgresDatabase.this.name();
    }

    @Override
    public Link open() throws SQLException {
      return connector.connect();
    }

    @Override
    public void begin(Link link, boolean synced) throws SQLException {
      leases.requireHeld();
      // In one message to the server and one back.
      PreparedStatement statement =
          link.statement(
              "BEGIN; SELECT pg_advisory_xact_lock("
                  + schema.lock()
                  + "); INSERT INTO writer VALUES (?, ?, clock_timestamp()) ON CONFLICT (session)"
                  + " DO UPDATE SET number = excluded.number, at = excluded.at; SELECT"
                  + " (SELECT expires > clock_timestamp() FROM node WHERE incarnation = ?),"
                  + " (SELECT number FROM towpath_version)");
      Optional<String> incarnation = leases.registered();
      statement.setString(1, session);
      statement.setLong(2, ++transaction);
      statement.setString(3, incarnation.orElse(""));
      statement.execute();
      for (int result = 1; result < 4; result++) {
        statement.getMoreResults();
      }
      try (ResultSet row = statement.getResultSet()) {
        row.next();
        if (incarnation.isPresent() && !row.getBoolean(1)) {
          throw leases.lose();
        }
        if (row.getLong(2) > schema.known()) {
          throw schema.newer(row.getLong(2));
        }
      }
    }

    @Override
    public boolean commit(Link link) throws SQLException {
      try {
        Sql.execute(link, "COMMIT");
        return true;
      } catch (SQLException e) {
        if (PostgresFailures.passes(e) && committed(e)) {
          return false;
        }
        throw e;
      }
    }

    /**
     * Looks what came of a transaction whose commit was not answered: whoever gets the lock knows
     * that it has ended, and it left its number if it ended well. (The server's own numbers would
     * not do: after a crash it may give one to another transaction.)
     */
    private boolean committed(SQLException failure) {
      Instant since = Instant.now();
      SQLException last = failure;
      do {
        try (Link link = connector.connect()) {
          link.run("BEGIN");
          link.run("SELECT pg_advisory_xact_lock(" + schema.lock() + ")");
          return Sql.number(link, "SELECT number FROM writer WHERE session = ?", session)
              == transaction;
        } catch (SQLException e) {
          last = e;
        }
      } while (again(PostgresFailures.passes(last) ? last : failure, since));
      throw PostgresFailures.unknown(address, last);
    }

    @Override
    public boolean again(SQLException failure, Instant since) {
      return PostgresDatabase.this.again(failure, since);
    }

    @Override
    public TowpathException failure(SQLException failure) {
      return PostgresFailures.of(failure, address);
    }

    @Override
    public void execute(Runnable work) {
      threads.call(() -> {
        work.run();
        return true;
      });
    }
  }
}
