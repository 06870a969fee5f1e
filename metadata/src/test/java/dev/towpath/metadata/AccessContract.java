package dev.towpath.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.core.access.ApiToken;
import dev.towpath.core.access.Grants;
import dev.towpath.core.access.Role;
import dev.towpath.core.access.User;
import dev.towpath.core.access.WebSession;
import dev.towpath.core.store.AccessStore;
import dev.towpath.core.store.AuditLog;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Users, tokens and sessions are kept; what ends one ends what came of it. */
abstract class AccessContract {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final Grants MARTS =
      new Grants(List.of("marts.*", "raw.t"), List.of("daily"), List.of("overview", "league"));

  private Backend backend;
  private SqlStore store;
  private AccessStore access;

  /** A place with nothing in it. */
  abstract Backend backend();

  @BeforeEach
  void open() {
    backend = backend();
    store = open(backend);
    access = store.access();
  }

  private static SqlStore open(Backend backend) {
    return backend.open(new MemoryObjects(() -> NOON), () -> NOON);
  }

  @AfterEach
  void close() {
    store.close();
    backend.close();
  }

  private static User user(String name, String hash) {
    return new User(
        name, Role.VIEWER, MARTS, Optional.of(new User.Password(hash, "scram " + hash)), NOON);
  }

  private static ApiToken token(String name, String user) {
    return new ApiToken(
        name,
        user,
        "hash of " + name,
        "towpath_abc",
        Role.VIEWER,
        Grants.ALL,
        NOON,
        Optional.of(NOON.plusSeconds(1)),
        Optional.empty());
  }

  private static AuditLog.Note note(String what) {
    return new AuditLog.Note("dev", new AuditLog.Act("admin", what, "it", ""), NOON);
  }

  private List<String> noted() {
    return store.audit().list("dev", 100).stream().map(e -> e.act().action()).toList();
  }

  @Test
  void aStoreThatIsNotThereHasNobody() {
    assertThat(access.users()).isEmpty();
    assertThat(access.user("ada")).isEmpty();
    assertThat(access.token("x")).isEmpty();
    assertThat(access.session("x")).isEmpty();
  }

  @Test
  void aUserComesBackAsAdded() {
    User ada = user("ada", "one");
    User robot = new User("robot", Role.EDITOR, Grants.NONE, Optional.empty(), NOON);
    assertThat(access.add(ada, note("add"))).isTrue();
    assertThat(access.add(robot, note("add"))).isTrue();
    assertThat(access.add(user("ada", "two"), note("again"))).isFalse();
    assertThat(access.users()).containsExactly(ada, robot);
    assertThat(access.user("ada")).contains(ada);
    assertThat(noted()).as("what did not happen is not noted").containsExactly("add", "add");
  }

  @Test
  void whatAUserMayIsChanged() {
    access.add(user("ada", "one"), note("add"));
    assertThat(access.allow("ada", Role.ADMIN, Grants.NONE, note("grant"))).isTrue();
    assertThat(access.user("ada").orElseThrow().role()).isEqualTo(Role.ADMIN);
    assertThat(access.user("ada").orElseThrow().grants()).isEqualTo(Grants.NONE);
    assertThat(access.allow("eve", Role.ADMIN, Grants.NONE, note("grant eve"))).isFalse();
    assertThat(noted()).containsExactly("grant", "add");
  }

  @Test
  void aNewPasswordEndsSessions() {
    access.add(user("ada", "one"), note("add"));
    access.add(user("bob", "one"), note("add"));
    access.open(session("s1", Optional.of("ada"), "p", NOON));
    access.open(session("s2", Optional.of("bob"), "p2", NOON));
    User.Password two = new User.Password("two", "scram two");
    assertThat(access.password("ada", Optional.of(two), note("password"))).isTrue();
    assertThat(access.user("ada").orElseThrow().password()).contains(two);
    assertThat(access.session("s1")).isEmpty();
    assertThat(access.session("s2")).isPresent();
    assertThat(access.password("ada", Optional.empty(), note("none"))).isTrue();
    assertThat(access.user("ada").orElseThrow().password()).isEmpty();
    assertThat(access.password("eve", Optional.of(two), note("eve"))).isFalse();
  }

  private static WebSession session(String hash, Optional<String> user, String proof, Instant at) {
    return new WebSession(hash, user, proof, at, at);
  }

  @Test
  void aTokenBelongsToAUserAndEndsWithIt() {
    assertThat(access.add(token("ci", "ada"), note("no user"))).isFalse();
    access.add(user("ada", "one"), note("add"));
    assertThat(access.add(token("ci", "ada"), note("token"))).isTrue();
    assertThat(access.add(token("ci", "ada"), note("again"))).isFalse();
    assertThat(access.token("hash of ci")).contains(token("ci", "ada"));
    access.used("hash of ci", NOON.plusSeconds(60));
    assertThat(access.tokens().getFirst().used()).contains(NOON.plusSeconds(60));
    access.open(session("s", Optional.empty(), "hash of ci", NOON));
    assertThat(access.drop("ada", note("drop"))).isTrue();
    assertThat(access.drop("ada", note("drop"))).isFalse();
    assertThat(access.tokens()).isEmpty();
    assertThat(access.session("s")).isEmpty();
    assertThat(access.users()).isEmpty();
    assertThat(noted()).containsExactly("drop", "token", "add");
  }

  @Test
  void aRevokedTokenEndsItsSessions() {
    access.add(user("ada", "one"), note("add"));
    access.add(token("ci", "ada"), note("token"));
    access.add(token("cd", "ada"), note("token"));
    access.open(session("s1", Optional.empty(), "hash of ci", NOON));
    access.open(session("s2", Optional.empty(), "hash of cd", NOON));
    assertThat(access.revoke("ci", note("revoke"))).isTrue();
    assertThat(access.revoke("ci", note("revoke"))).isFalse();
    assertThat(access.tokens()).containsExactly(token("cd", "ada"));
    assertThat(access.session("s1")).isEmpty();
    assertThat(access.session("s2")).isPresent();
  }

  @Test
  void sessionsAreFew() {
    Instant later = NOON.plus(WebSession.IDLE).plusSeconds(1);
    access.open(session("old", Optional.of("ada"), "p", NOON));
    access.open(session("used", Optional.of("ada"), "p", NOON));
    access.seen("used", later);
    access.open(session("new", Optional.of("ada"), "p", later));
    assertThat(access.session("old")).as("nobody used it").isEmpty();
    assertThat(access.session("used").orElseThrow().seen()).isEqualTo(later);
    for (int i = 0; i < 60; i++) {
      access.open(session("s" + i, Optional.of("ada"), "p", later.plusSeconds(i + 1)));
    }
    assertThat(access.session("new")).as("there are fifty newer ones").isEmpty();
    assertThat(access.session("s59")).isPresent();
    access.end("s59");
    assertThat(access.session("s59")).isEmpty();
    Instant end = later.plus(WebSession.LONGEST).plus(Duration.ofHours(1));
    access.seen("s58", end);
    access.open(session("last", Optional.of("bob"), "q", end));
    assertThat(access.session("s58")).as("used or not").isEmpty();
  }

  @Test
  void aStoreHasOneSecret() {
    byte[] secret = access.secret();
    assertThat(secret).hasSize(32);
    SqlStore other = open(backend);
    try {
      assertThat(other.access().secret()).isEqualTo(secret);
    } finally {
      other.close();
    }
  }
}
