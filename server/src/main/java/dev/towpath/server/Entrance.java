package dev.towpath.server;

import dev.towpath.core.access.Access;
import dev.towpath.core.access.ApiToken;
import dev.towpath.core.access.Principal;
import dev.towpath.core.access.User;
import dev.towpath.core.access.WebSession;
import dev.towpath.core.store.AccessStore;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The one way in, for every door: users and tokens of the store, and the token of whoever owns the
 * project's folder, who is {@code admin}. Thread-safe.
 *
 * <p>Why a token's lookup is not throttled: nobody guesses 256 bits, and a good one must not wait
 * for the mistakes of a neighbour. Only wrong ones are counted.
 */
public final class Entrance implements Doorkeeper {
  private static final String LOCAL = Principal.LOCAL.name();

  /** How long what the store said of a token is believed. */
  private static final Duration KNOWN = Duration.ofSeconds(1);

  /** How old the time of last use may be that the store has. */
  private static final Duration NOTED = Duration.ofMinutes(1);

  private static final int MOST_KNOWN = 10_000;
  private static final int MOST_TOKEN = 500;
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final Duration SHORT = Duration.ofMinutes(1);

  private final Site site;
  private final AccessStore store;
  private final String localToken;
  private final String localHash;
  private final Entry local;
  private final Passwords passwords = new Passwords();
  private final Throttle throttle;
  private final Decisions decisions;
  private final Map<String, Known> known = new ConcurrentHashMap<>();
  private volatile @Nullable Scram localScram;
  private volatile byte @Nullable [] secret;

  /**
   * Who came in, and how: {@code proof} is the hash of a token, or of what is kept of a password.
   */
  record Entry(Principal who, Optional<String> user, String proof, String how) {}

  private record Known(Entry entry, Instant until) {}

  /**
   * The way into a site.
   *
   * @param localToken of whoever owns the project's folder
   */
  public Entrance(Site site, String localToken) {
    this.site = site;
    this.store = site.store().access();
    this.localToken = localToken;
    this.localHash = hash(localToken);
    this.local = new Entry(Principal.LOCAL, Optional.empty(), localHash, "the local token");
    this.throttle = new Throttle(site.clock());
    this.decisions = new Decisions(site.store(), site.environment(), site.clock());
  }

  /** SHA-256 of a token or cookie, in hexadecimal. */
  static String hash(String secret) {
    return Signature.sha256(secret.getBytes(StandardCharsets.UTF_8));
  }

  /** What cursors are signed with: servers of one folder share it, and nobody else knows it. */
  String seal() {
    return localToken;
  }

  Decisions decisions() {
    return decisions;
  }

  Site site() {
    return site;
  }

  @Override
  public Admitted byToken(String token, String door, String from) {
    return admitted(enterByToken(token, door, from), door, from);
  }

  @Override
  public void turnedAway(String why, String door, String from) {
    decisions.refused("unknown", why, why, door, from);
  }

  private Admitted admitted(Entry entry, String door, String from) {
    String key = "user " + entry.user().orElse("") + " " + entry.proof();
    return new Admitted(
        entry.who(),
        () -> {
          Optional<Entry> now =
              entry.user().isEmpty() ? byHash(entry.proof()) : byProof(key, entry);
          if (now.isEmpty()) {
            decisions.refused(
                entry.who().name(), key, entry.how() + " lets nobody in any more", door, from);
          }
          return now.map(Entry::who);
        });
  }

  /** Who somebody is that came in by a password, unless they have another now. */
  private Optional<Entry> byProof(String key, Entry before) {
    Instant now = site.clock().instant();
    Optional<Entry> known = known(key, now);
    return known.isPresent()
        ? known
        : remember(
            key,
            store
                .user(before.user().orElseThrow())
                .filter(user -> user.password().isPresent())
                .map(this::entry)
                .filter(entry -> same(entry.proof(), before.proof())),
            now);
  }

  /** By an API token, as {@link #byToken}. */
  Entry enterByToken(String token, String door, String from) {
    Optional<Entry> entry = token.length() > MOST_TOKEN ? Optional.empty() : byHash(hash(token));
    if (entry.isEmpty()) {
      List<Throttle.Key> keys =
          List.of(new Throttle.Key("token " + Throttle.place(from), 100, LONG));
      requirePatience(keys, door, from);
      decisions.refused("unknown", "token", "a wrong token", door, from);
      throw unauthorized("the token is wrong").noted();
    }
    decisions.admitted(entry.get().who(), entry.get().how(), door, from);
    return entry.get();
  }

  /**
   * Who has a token, if that is known without asking the store and there is nothing to note of it.
   */
  Optional<Principal> atOnce(String token, String door, String from) {
    if (token.length() > MOST_TOKEN) {
      return Optional.empty();
    }
    String hash = hash(token);
    Optional<Entry> entry =
        same(hash, localHash) ? Optional.of(local) : known(hash, site.clock().instant());
    return entry.filter(e -> decisions.isAdmitted(e.who(), e.how(), door, from)).map(Entry::who);
  }

  /** Who has the token of that hash. */
  Optional<Entry> byHash(String hash) {
    if (same(hash, localHash)) {
      return Optional.of(local);
    }
    Instant now = site.clock().instant();
    Optional<Entry> before = known(hash, now);
    if (before.isPresent()) {
      return before;
    }
    return remember(hash, store.token(hash).flatMap(token -> entry(token, now)), now);
  }

  private Optional<Entry> remember(String key, Optional<Entry> entry, Instant now) {
    if (entry.isPresent()) {
      if (known.size() > MOST_KNOWN) {
        known.clear();
      }
      known.put(key, new Known(entry.get(), now.plus(KNOWN)));
    } else {
      known.remove(key);
    }
    return entry;
  }

  private Optional<Entry> known(String hash, Instant now) {
    Known before = known.get(hash);
    return before != null && now.isBefore(before.until())
        ? Optional.of(before.entry())
        : Optional.empty();
  }

  private Optional<Entry> entry(ApiToken token, Instant now) {
    if (token.isExpired(now)) {
      return Optional.empty();
    }
    Optional<User> user = store.user(token.user());
    if (user.isPresent() && token.used().filter(at -> now.isBefore(at.plus(NOTED))).isEmpty()) {
      store.used(token.hash(), now);
    }
    return user.map(u ->
        new Entry(
            access().principal(u, token), Optional.empty(), token.hash(), "token " + token.name()));
  }

  @Override
  public Admitted byPassword(String user, String password, String door, String from) {
    return admitted(enterByPassword(user, password, door, from), door, from);
  }

  /** By a password, as {@link #byPassword}. */
  Entry enterByPassword(String typed, String password, String door, String from) {
    String name = User.known(typed);
    List<Throttle.Key> keys = keys(name, from);
    requirePatience(keys, door, from);
    if (name.equals(LOCAL)) {
      return decide(local(same(hash(password), localHash)), LOCAL, keys, door, from);
    }
    Optional<User> user = store.user(name);
    boolean right = passwords.matches(password, user.flatMap(User::password));
    return decide(
        user.filter(_ -> right).map(this::entry),
        user.map(User::name).orElse("unknown"),
        keys,
        door,
        from);
  }

  @Override
  public Scram scram(String typed) {
    String name = User.known(typed);
    byte[] key = secret();
    byte[] salt = Arrays.copyOf(Passwords.hmac(key, name), 16);
    if (name.equals(LOCAL)) {
      Scram local = localScram;
      if (local == null) {
        local = Passwords.derive(localToken, salt, Passwords.ITERATIONS);
        localScram = local;
      }
      return local;
    }
    // Somebody unknown has a salt, too, and always the same; no password leads to these keys.
    return store
        .user(name)
        .flatMap(User::password)
        .map(Passwords::scram)
        .orElseGet(() ->
            new Scram(
                salt,
                Passwords.ITERATIONS,
                Passwords.hmac(key, "stored " + name),
                Passwords.hmac(key, "server " + name)));
  }

  private byte[] secret() {
    byte[] read = secret;
    if (read == null) {
      read = store.secret();
      secret = read;
    }
    return read;
  }

  @Override
  public Admitted byScram(String typed, boolean proved, String door, String from) {
    String name = User.known(typed);
    List<Throttle.Key> keys = keys(name, from);
    requirePatience(keys, door, from);
    if (name.equals(LOCAL)) {
      return admitted(decide(local(proved), LOCAL, keys, door, from), door, from);
    }
    Optional<User> user = store.user(name);
    return admitted(
        decide(
            user.filter(u -> proved && u.password().isPresent()).map(this::entry),
            user.map(User::name).orElse("unknown"),
            keys,
            door,
            from),
        door,
        from);
  }

  /** Who a session is, unless what proved it is not so any more. */
  Optional<Entry> bySession(WebSession session) {
    if (session.user().isEmpty()) {
      return byHash(session.proof());
    }
    return store
        .user(session.user().get())
        .filter(user -> user.password().isPresent())
        .map(this::entry)
        .filter(entry -> same(entry.proof(), session.proof()));
  }

  private Optional<Entry> local(boolean right) {
    return right ? Optional.of(local) : Optional.empty();
  }

  private Entry entry(User user) {
    return new Entry(
        access().principal(user),
        Optional.of(user.name()),
        hash(user.password().map(User.Password::hash).orElse("")),
        "password");
  }

  private Entry decide(
      Optional<Entry> entry, String who, List<Throttle.Key> keys, String door, String from) {
    if (entry.isEmpty()) {
      decisions.refused(who, keys.getFirst().name(), "a wrong password", door, from);
      throw unauthorized("the user name or the password is wrong").noted();
    }
    throttle.succeeded(keys);
    decisions.admitted(entry.get().who(), entry.get().how(), door, from);
    return entry.get();
  }

  private Access access() {
    return site.current().checked().project().access();
  }

  /** By whom a password is tried: of one user from one place, from one place, of one user. */
  private static List<Throttle.Key> keys(String name, String from) {
    String place = Throttle.place(from);
    String user = hash(name); // whatever somebody typed, it is short
    return List.of(
        new Throttle.Key("pair " + place + " " + user, 5, LONG),
        new Throttle.Key("place " + place, 20, LONG),
        // else strangers could keep somebody out who makes no mistake
        new Throttle.Key("user " + user, 50, SHORT, Optional.of("place " + place)));
  }

  private void requirePatience(List<Throttle.Key> keys, String door, String from) {
    Optional<Duration> wait = throttle.enter(keys);
    if (wait.isPresent()) {
      decisions.refused("unknown", "again", "too many tries", door, from);
      long seconds = wait.get().toSeconds() + 1;
      throw Refusal.of(
              429,
              "too many tries with a wrong password or token",
              "wait " + seconds + " s",
              "Retry-After",
              Long.toString(seconds))
          .noted();
    }
  }

  /** The answer to who has not shown who they are. */
  static Refusal unauthorized(String why) {
    return Refusal.of(
        401,
        why,
        "send Authorization: Bearer and a token; \"towpath token\" prints the local one",
        "WWW-Authenticate",
        "Bearer realm=\"towpath\"");
  }

  private static boolean same(String one, String other) {
    return MessageDigest.isEqual(
        one.getBytes(StandardCharsets.US_ASCII), other.getBytes(StandardCharsets.US_ASCII));
  }
}
