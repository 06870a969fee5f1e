package dev.towpath.metadata;

import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;

/**
 * The SQLite file: opened on first use, brought up to date, read by many threads at a time and
 * written by one. Reading a file that is not there gives an empty store and makes no file.
 * Thread-safe.
 */
final class SqliteDatabase implements Database {
  static final int BUSY_SECONDS = 60;

  /** How long SQLite waits for the write lock in one go: it looks after 1, 2, 5 and 10 ms. */
  private static final int TRY_MILLIS = 18;

  static final Path MOUNTS = Path.of("/proc/self/mounts");

  private final Path file;
  private final Liveness liveness;
  private final Changes changes = new Changes(this);
  private final List<String> steps;
  private final Path mounts;
  private final UnaryOperator<Connection> wrap;
  private final ConcurrentLinkedDeque<Link> idle = new ConcurrentLinkedDeque<>();
  private final Optional<Frozen> frozen;
  private final ReentrantLock opening = new ReentrantLock();
  private volatile boolean ready;
  private volatile boolean closed;
  private @Nullable Writer writer;

  SqliteDatabase(Path file) {
    this(file, Migrations.STEPS, MOUNTS, connection -> connection);
  }

  /** Where it is. */
  Path file() {
    return file;
  }

  /**
   * For tests.
   *
   * @param steps the migrations to take
   * @param mounts a list of mounts as Linux writes it
   * @param wrap what every new connection goes through
   */
  SqliteDatabase(Path file, List<String> steps, Path mounts, UnaryOperator<Connection> wrap) {
    this.file = file;
    this.liveness = new LockFiles(file.resolveSibling("locks"));
    this.frozen = Frozen.of(file);
    this.steps = steps;
    this.mounts = mounts;
    this.wrap = wrap;
  }

  @Override
  public String name() {
    return "the metadata store " + file;
  }

  @Override
  public String makeRoom() {
    return "move its file away";
  }

  @Override
  public Liveness liveness() {
    return liveness;
  }

  @Override
  public <T> T made(Work<T> work) {
    prepare();
    return read(work);
  }

  @Override
  public boolean exists() {
    return Files.exists(file);
  }

  /** Then no connection makes or changes a file. */
  @Override
  public boolean readOnly() {
    return frozen.isPresent();
  }

  @Override
  public TowpathException refusal() {
    return SqliteFailures.readOnly(file, null);
  }

  @Override
  public <T> T read(Work<T> work) {
    return frozen.isPresent() ? frozen.get().read(() -> once(work)) : once(work);
  }

  private <T> T once(Work<T> work) {
    Link link = null;
    boolean good = false;
    try {
      link = reader();
      Sql.execute(link, "BEGIN");
      T result = work.run(link);
      Sql.execute(link, "COMMIT");
      good = true;
      return result;
    } catch (SQLException e) {
      throw SqliteFailures.of(e, file);
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
    return writer().submit(work, true);
  }

  @Override
  public <T> T grouped(Work<T> work) {
    return writer().submit(work, false);
  }

  @Override
  public void close() {
    opening.lock();
    try {
      closed = true;
      changes.close();
      if (writer != null) {
        writer.close();
      }
      for (Link c = idle.poll(); c != null; c = idle.poll()) {
        discard(c);
      }
    } finally {
      opening.unlock();
    }
  }

  @Override
  public long changes() {
    return changes.number();
  }

  /** A connection of the caller's own, to be {@linkplain #discard discarded}. */
  Link open() throws SQLException {
    prepare();
    return connect();
  }

  /** What a person is told. */
  TowpathException failure(SQLException e) {
    return SqliteFailures.of(e, file);
  }

  private Writer writer() {
    prepare();
    opening.lock();
    try {
      if (closed) {
        throw new TowpathException(name() + " has been closed");
      }
      if (writer == null) {
        writer = new Writer(new Session());
      }
      return writer;
    } finally {
      opening.unlock();
    }
  }

  private Link reader() throws SQLException {
    if (closed) {
      throw new TowpathException(name() + " has been closed");
    }
    if (!ready && !Files.exists(file)) {
      return empty(steps);
    }
    prepare();
    Link link = idle.poll();
    return link != null ? link : connect();
  }

  private void release(@Nullable Link link) {
    if (link == null) {
      return;
    }
    if (!ready || closed || readOnly()) {
      discard(link);
    } else {
      idle.push(link);
    }
  }

  static void discard(@Nullable Link link) {
    if (link != null) {
      try {
        link.close();
      } catch (SQLException e) {
        // It was only read from, or has failed before and told so: nothing is lost.
        assert e != null;
      }
    }
  }

  /** A store with nothing in it, in memory. */
  static Link empty(List<String> steps) throws SQLException {
    Link link = new Link(new SQLiteConfig().createConnection("jdbc:sqlite::memory:"));
    for (String step : steps) {
      script(link, step);
    }
    return link;
  }

  /** Makes or opens the file and brings it up to date, once. */
  private void prepare() {
    if (ready) {
      return;
    }
    opening.lock();
    try {
      if (!ready) {
        Path folder = file.toAbsolutePath().resolveSibling("").normalize();
        Files.createDirectories(folder);
        Networks.refuse(folder, mounts);
        Link link = connect();
        try {
          migrate(link);
          ready = true;
        } finally {
          release(link);
        }
      }
    } catch (SQLException e) {
      throw SqliteFailures.of(e, file);
    } catch (IOException e) {
      throw new TowpathException(
          "the folder of the metadata store "
              + file
              + " cannot be made: "
              + SqliteFailures.reason(e),
          "may this user write there?",
          e);
    } finally {
      opening.unlock();
    }
  }

  private Link connect() throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(BUSY_SECONDS * 1000);
    config.setReadOnly(readOnly());
    // As an URI, so that no character of the path means anything to the driver.
    String url = "jdbc:sqlite:" + file.toAbsolutePath().toUri();
    url += frozen.map(Frozen::parameter).orElse("");
    return new Link(wrap.apply(config.createConnection(url)));
  }

  /** How the writer uses the file: its commits are synced only when they must be. */
  private final class Session implements Writer.Session {
    private @Nullable Boolean syncing;

    @Override
    public String name() {
      return SqliteDatabase.this.name();
    }

    @Override
    public Link open() throws SQLException {
      Link link = connect();
      link.run("PRAGMA foreign_keys = ON");
      link.run("PRAGMA busy_timeout = " + TRY_MILLIS);
      syncing = null;
      return link;
    }

    @Override
    public void begin(Link link, boolean synced) throws SQLException {
      if (syncing == null || syncing != synced) {
        link.run("PRAGMA synchronous = " + (synced ? "FULL" : "NORMAL"));
        syncing = synced;
      }
      lock(link);
    }

    /**
     * Waits for the write lock. SQLite itself looks only ten times a second after a while, which
     * may be for ever in vain beside a process that writes without a pause; its first looks come
     * quickly one after the other, so we let it begin again and again.
     */
    private static void lock(Link link) throws SQLException {
      long since = System.nanoTime();
      while (true) {
        try {
          Sql.execute(link, "BEGIN IMMEDIATE");
          return;
        } catch (SQLException e) {
          boolean over = System.nanoTime() - since > TimeUnit.SECONDS.toNanos(BUSY_SECONDS);
          if (over || SqliteFailures.primary(e) != SQLiteErrorCode.SQLITE_BUSY) {
            throw e;
          }
        }
      }
    }

    @Override
    public boolean commit(Link link) throws SQLException {
      Sql.execute(link, "COMMIT");
      return true;
    }

    @Override
    public boolean again(SQLException failure, Instant since) {
      return false; // a disk that failed does not come back by itself
    }

    @Override
    public TowpathException failure(SQLException failure) {
      return SqliteFailures.of(failure, file);
    }

    @Override
    public void execute(Runnable work) {
      work.run();
    }
  }

  private void migrate(Link link) throws SQLException {
    int version = version(link);
    if (version == steps.size()) {
      return;
    }
    if (version > steps.size()) {
      throw new TowpathException(
          "the metadata store "
              + file
              + " has version "
              + version
              + ", and this towpath knows versions up to "
              + steps.size(),
          "use the towpath that wrote it, or a newer one");
    }
    link.run("PRAGMA journal_mode = WAL");
    link.run("PRAGMA synchronous = FULL");
    Sql.execute(link, "BEGIN IMMEDIATE");
    // Another process may have taken the steps while this one waited.
    for (int step = version(link); step < steps.size(); step++) {
      script(link, steps.get(step));
      link.run("PRAGMA user_version = " + (step + 1));
      if (step == 0) {
        link.run("PRAGMA application_id = " + Migrations.APPLICATION_ID);
        Sql.update(link, "INSERT INTO store VALUES (?)", UUID.randomUUID().toString());
      }
    }
    Sql.execute(link, "COMMIT");
  }

  /** Number of the steps that the file has taken; throws when it is not one of ours. */
  private int version(Link link) throws SQLException {
    int version = (int) Sql.number(link, "PRAGMA user_version");
    boolean blank = version == 0 && Sql.number(link, "SELECT COUNT(*) FROM sqlite_master") == 0;
    if (!blank && Sql.number(link, "PRAGMA application_id") != Migrations.APPLICATION_ID) {
      throw new TowpathException(
          file + " is an SQLite database, but not a metadata store of towpath",
          "set metadata: in towpath.yml to another file");
    }
    return version;
  }

  /** Runs statements that each end at the end of a line. */
  static void script(Link link, String statements) throws SQLException {
    for (String statement : statements.split(";\\s*\\n")) {
      if (!statement.isBlank()) {
        link.run(statement);
      }
    }
  }
}
