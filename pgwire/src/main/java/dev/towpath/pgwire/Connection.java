package dev.towpath.pgwire;

import dev.towpath.core.access.Principal;
import dev.towpath.pgwire.session.Session;
import dev.towpath.pgwire.session.Settings;
import dev.towpath.pgwire.wire.Answers;
import dev.towpath.pgwire.wire.Frames;
import dev.towpath.pgwire.wire.Message;
import dev.towpath.pgwire.wire.Outbox;
import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import dev.towpath.server.Doorkeeper;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One client, from its first byte to its last. Read by a virtual thread of its own. */
final class Connection implements Runnable {
  /** Startup parameters that are no settings. */
  private static final Set<String> NO_SETTINGS =
      Set.of("user", "database", "options", "replication");

  /** What a message takes while it waits, however short it is. */
  private static final int MESSAGE_BYTES = 100;

  /** How often it is seen whether a client is there that nothing is read from. */
  private static final Duration PROBED = Duration.ofSeconds(1);

  private final Socket raw;
  private final PgServer server;
  private final int id;
  private final int secret;
  private final long began = System.nanoTime();
  private volatile @Nullable Frames in;
  private volatile @Nullable Outbox out;
  private volatile @Nullable Session session;
  private volatile @Nullable Inbox inbox;
  private volatile String user = "";
  private long probed = began;

  Connection(Socket raw, PgServer server, int id, int secret) {
    this.raw = raw;
    this.server = server;
    this.id = id;
    this.secret = secret;
  }

  @Override
  public void run() {
    try (raw) {
      Startup startup = new Startup(raw, server.options().tls(), server.options().mostBytes());
      try {
        switch (startup.read()) {
          case Startup.Wish.Cancel cancel -> server.cancel(cancel.session(), cancel.secret());
          case Startup.Wish.Session wish -> serve(wish);
        }
      } catch (TowpathException e) {
        startup.refuse(
            e instanceof PgError error
                ? error
                : PgError.fatal(
                    SqlState.SYSTEM_ERROR, String.valueOf(e.getMessage()), e.hint().orElse(null)));
      }
    } catch (IOException | UncheckedIOException e) {
      server.gone(e);
    } catch (RuntimeException e) {
      server.mistake("a PostgreSQL client's connection", e);
    } finally {
      server.forget(id);
    }
  }

  private void serve(Startup.Wish.Session wish) throws IOException {
    in = wish.line().in();
    out = wish.line().out();
    requireSafe(wish.encrypted());
    Outbox answers = wish.line().out();
    String from = raw.getInetAddress().getHostAddress();
    Doorkeeper.Admitted admitted =
        new Login(server.doorkeeper(), wish.line().in(), answers, from)
            .admit(wish.parameters().getOrDefault("user", ""));
    Principal who = admitted.who();
    requireKnown(wish.parameters());
    user = who.name();
    server.requirePlace(who.name());
    Settings settings = settings(wish.parameters(), who, answers);
    answers.begin('K').int32(id).int32(secret).end();
    try (Session opened =
        new Session(
            server.lakehouse(),
            admitted,
            server.answerer(who, id),
            settings,
            answers,
            server.room(),
            server::mistake)) {
      opened.ready();
      Inbox box = new Inbox(server.pool());
      inbox = box;
      session = opened;
      try {
        read(wish.line().in(), opened, box);
      } finally {
        opened.running().stop(PgError.of(SqlState.CANCELED, "the client has gone"));
        box.close();
      }
    }
  }

  private void read(Frames in, Session opened, Inbox box) throws IOException {
    while (true) {
      try {
        Message message = in.next();
        if (message.type() == 'X') {
          return;
        }
        box.put(message.body().length + MESSAGE_BYTES, () -> answer(() -> opened.handle(message)));
      } catch (PgError broken) { // what follows cannot be told apart any more
        box.put(0, () -> answer(() -> opened.end(broken)));
        box.finish();
        return;
      }
    }
  }

  private void answer(Runnable work) {
    try {
      work.run();
    } catch (PgError | UncheckedIOException over) {
      leave(over);
    } catch (RuntimeException | Error e) {
      server.mistake("a PostgreSQL client's message", e);
      leave(e);
    }
  }

  /** Ends the connection from a thread that is not its reader. */
  private void leave(Throwable why) {
    Inbox box = inbox;
    if (box != null) {
      box.stop();
    }
    try {
      raw.close();
    } catch (IOException e) {
      e.addSuppressed(why);
      server.gone(e);
    }
  }

  /** A password that anybody on the way may read is none. */
  private void requireSafe(boolean encrypted) {
    if (!encrypted && !raw.getInetAddress().isLoopbackAddress() && server.options().needsTls()) {
      String why = "TLS is needed from other machines";
      server.doorkeeper().turnedAway(why, Login.DOOR, raw.getInetAddress().getHostAddress());
      throw PgError.fatal(SqlState.INVALID_AUTHORIZATION, why, "sslmode=require");
    }
  }

  private void requireKnown(Map<String, String> parameters) {
    String database = parameters.getOrDefault("database", parameters.getOrDefault("user", ""));
    if (!database.equals(server.options().database())) {
      server.doorkeeper().turnedAway("no such database", Login.DOOR, from().getHostAddress());
      throw PgError.fatal(
          SqlState.NO_SUCH_DATABASE,
          "database \"" + database + "\" does not exist",
          "the database is \"" + server.options().database() + "\"");
    }
    String replication = parameters.getOrDefault("replication", "false");
    if (!Set.of("false", "off", "no", "0").contains(replication)) {
      throw PgError.fatal(SqlState.FEATURE_NOT_SUPPORTED, "there is no replication", null);
    }
  }

  private static Settings settings(Map<String, String> parameters, Principal who, Outbox out) {
    Answers answers = new Answers(out);
    boolean[] begun = {false};
    Settings settings =
        new Settings(
            who.name(),
            (name, value) -> {
              if (begun[0]) {
                answers.parameter(name, value);
              }
            });
    parameters.forEach((name, value) -> {
      if (!NO_SETTINGS.contains(name)) {
        settings.begin(name, value);
      }
    });
    Options.read(parameters.getOrDefault("options", "")).forEach(settings::begin);
    begun[0] = true;
    settings.report();
    return settings;
  }

  /** Whether it has not said yet who it is. */
  boolean isOutside() {
    return session == null;
  }

  /** Whose it is; empty until that is known. */
  String user() {
    return user;
  }

  /** Where it comes from. */
  InetAddress from() {
    return raw.getInetAddress();
  }

  /** Stops what it does, if the secret is the one it was told. */
  void cancel(int given) {
    boolean same =
        MessageDigest.isEqual(
            ByteBuffer.allocate(4).putInt(0, given).array(),
            ByteBuffer.allocate(4).putInt(0, secret).array());
    Session opened = session;
    if (same && opened != null) {
      opened.running().cancel();
    }
  }

  /** Says goodbye, after what is being answered has been stopped. */
  void end() {
    Inbox box = inbox;
    Session opened = session;
    if (box == null || opened == null) {
      leave(new IOException("the server stops"));
    } else {
      PgError goodbye =
          PgError.fatal(
              SqlState.SHUTDOWN, "terminating connection due to administrator command", null);
      box.putNow(() -> answer(() -> opened.end(goodbye)));
      opened.running().stop(goodbye);
    }
  }

  /** Closes the connection if the client has kept it waiting too long. One thread does it. */
  void watch(long now, PgServer.Patience patience) {
    Session opened = session;
    if (opened != null) {
      opened.running().stopIfLate(now);
    }
    Frames reading = in;
    Outbox writing = out;
    boolean late =
        (opened == null && isPast(began, patience.login(), now))
            || (reading != null && isPast(reading.begun(), patience.message(), now))
            || (writing != null && isPast(writing.sending(), patience.taking(), now));
    Inbox box = inbox;
    if (late) {
      leave(new IOException("the client is too slow"));
    } else if (box != null
        && writing != null
        && writing.sending() == 0
        && isPast(box.full(), PROBED, now)
        && isPast(probed, PROBED, now)) {
      probed = now;
      Thread.ofVirtual().name("postgres-probe-" + id).start(() -> probe(writing));
    }
  }

  /** A client that is held back is not read from, which would tell that it has gone. */
  private void probe(Outbox writing) {
    try {
      writing.probe();
    } catch (IOException gone) {
      leave(gone);
    }
  }

  private static boolean isPast(long since, Duration patience, long now) {
    return since != 0 && now - since > patience.toNanos();
  }
}
