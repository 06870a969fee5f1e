package dev.towpath.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.ThreadMXBean;
import dev.towpath.core.access.Grants;
import dev.towpath.core.access.Principal;
import dev.towpath.core.access.Role;
import dev.towpath.core.access.WebSession;
import dev.towpath.core.store.AuditLog;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who comes in, who does not, and that nobody learns more than that. */
class EntranceTest {
  private static final String LOCAL = "towpath_the-local-token-of-this-project-0123456789";
  private static final String PASSWORD = "several words together";
  private static final String HERE = "127.0.0.1";

  @TempDir private Path folder;
  private TestSite site;
  private People people;
  private Entrance entrance;
  private Sessions sessions;

  @BeforeEach
  void open() {
    site = new TestSite(folder);
    site.write("project: t\naccess:\n  viewer: {tables: [marts.*], endpoints: ['*']}\n");
    people = new People(site.store().access(), "dev", site.clock());
    entrance = new Entrance(site, LOCAL);
    sessions = new Sessions(entrance);
    people.add("boss", "Ada", Role.VIEWER, Grants.NONE, Optional.of(PASSWORD));
  }

  @AfterEach
  void close() {
    site.close();
  }

  private static Refusal refused(Runnable entering) {
    Refusal refusal = catchThrowableOfType(Refusal.class, entering::run);
    assertThat(refusal).as("it was let in").isNotNull();
    return refusal;
  }

  private Refusal wrong(String user, String password, String from) {
    return refused(() -> entrance.byPassword(user, password, "http", from));
  }

  private List<AuditLog.Act> acts(String action) {
    return site.store().audit().list("dev", 1000).stream()
        .map(AuditLog.Entry::act)
        .filter(act -> act.action().equals(action))
        .toList();
  }

  private String token(People.Scope scope, Duration life) {
    return people.token("boss", "ci", "ada", scope, Optional.of(life)).text();
  }

  private static final People.Scope ALL = People.Scope.WHOLE;

  @Test
  void theLocalTokenIsAdmins() {
    assertThat(entrance.byToken(LOCAL, "http", HERE).who()).isEqualTo(Principal.LOCAL);
    assertThat(entrance.byPassword("admin", LOCAL, "postgres", HERE).who())
        .isEqualTo(Principal.LOCAL);
    assertThat(refused(() -> entrance.byToken(LOCAL + "x", "http", HERE)).status()).isEqualTo(401);
    assertThat(wrong("admin", PASSWORD, HERE).status()).isEqualTo(401);
  }

  @Test
  void aPasswordLetsItsUserIn() {
    Principal ada = entrance.byPassword("ADA", PASSWORD, "http", HERE).who();
    assertThat(ada.name()).isEqualTo("ada");
    assertThat(ada.role()).isEqualTo(Role.VIEWER);
    assertThat(ada.grants().tables()).containsExactly("marts.*");
    assertThat(wrong("ada", PASSWORD + "x", HERE).status()).isEqualTo(401);
    assertThat(acts("sign in")).singleElement().extracting(AuditLog.Act::who).isEqualTo("ada");
    assertThat(acts("refused")).singleElement().extracting(AuditLog.Act::who).isEqualTo("ada");
  }

  @Test
  void somebodyUnknownIsToldTheSame() {
    people.add("boss", "robot", Role.VIEWER, Grants.NONE, Optional.empty());
    Refusal known = wrong("ada", "not the password", "10.0.0.1");
    for (String name : List.of("eve", "robot", "admin", "", "a'; DROP TABLE account; --")) {
      Refusal other = wrong(name, "not the password", "10.0.0.2");
      assertThat(other.json()).as(name).isEqualTo(known.json());
      assertThat(other.headers()).isEqualTo(known.headers());
    }
    assertThat(acts("refused").stream().map(AuditLog.Act::who))
        .as("a name may be a password that was typed in the wrong field")
        .containsOnly("ada", "robot", "admin", "unknown");
  }

  /**
   * Not a clock, but the memory that hashing takes says whether the same work is done: Argon2id
   * fills 19 MB for each try, and nothing else here takes a tenth of that.
   */
  @Test
  void aNameThatNobodyHasCostsAsMuchWork() {
    people.add("boss", "robot", Role.VIEWER, Grants.NONE, Optional.empty());
    wrong("ada", "warming up", "10.0.0.9");
    long known = allocated(() -> wrong("ada", "not the password", "10.0.0.1"));
    assertThat(known).isGreaterThan(19L << 20);
    for (String name : List.of("eve", "robot", "", "a'; DROP TABLE account; --", "é".repeat(300))) {
      long other = allocated(() -> wrong(name, "not the password", "10.0.0.2"));
      assertThat(other).as(name).isCloseTo(known, Percentage.withPercentage(10));
    }
    String longest = "x".repeat(100_000);
    assertThat(allocated(() -> wrong("ada", longest, "10.0.0.3")))
        .isCloseTo(
            allocated(() -> wrong("eve", longest, "10.0.0.4")), Percentage.withPercentage(10));
  }

  private static long allocated(Runnable work) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    work.run();
    return threads.getCurrentThreadAllocatedBytes() - before;
  }

  @Test
  void whoTriesTooOftenWaits() {
    for (int i = 0; i < 5; i++) {
      assertThat(wrong("ada", "wrong", "10.0.0.1").status()).isEqualTo(401);
    }
    Refusal waiting = refused(() -> entrance.byPassword("ada", PASSWORD, "http", "10.0.0.1"));
    assertThat(waiting.status()).as("even with the right one").isEqualTo(429);
    assertThat(waiting.headers()).containsKey("Retry-After");
    assertThat(entrance.byPassword("ada", PASSWORD, "http", "10.0.0.2").who().name())
        .isEqualTo("ada");
    assertThat(refused(() -> entrance.byScram("ada", true, "postgres", "10.0.0.1")).status())
        .as("by any door")
        .isEqualTo(429);
    site.pass(Duration.ofSeconds(2));
    assertThat(entrance.byPassword("ada", PASSWORD, "http", "10.0.0.1").who().name())
        .isEqualTo("ada");
  }

  @Test
  void guessingNamesIsSlowToo() {
    int let = 0;
    for (int i = 0; i < 40; i++) {
      if (wrong("user" + i, "wrong", "10.0.0.1").status() == 401) {
        let++;
      }
    }
    assertThat(let).isEqualTo(20);
  }

  @Test
  void whoHasAnIpv6NetworkIsOne() {
    for (int i = 0; i < 5; i++) {
      wrong("ada", "wrong", "2001:db8:1:2:0:0:0:" + i);
    }
    assertThat(wrong("ada", "wrong", "2001:db8:1:2:ffff:0:0:1").status()).isEqualTo(429);
    assertThat(wrong("ada", "wrong", "2001:db8:1:3:0:0:0:1").status()).isEqualTo(401);
  }

  @Test
  void manyWrongTokensSlowTheWrongOnesOnly() {
    String good = token(ALL, Duration.ofDays(1));
    int last = 0;
    for (int i = 0; i < 102; i++) {
      String guess = "towpath_" + i;
      last = refused(() -> entrance.byToken(guess, "http", HERE)).status();
    }
    assertThat(last).isEqualTo(429);
    assertThat(entrance.byToken(good, "http", HERE).who().name()).isEqualTo("ada");
    assertThat(acts("refused")).as("they do not fill the log").hasSizeLessThan(4);
  }

  @Test
  void aTokenEnds() {
    String good = token(ALL, Duration.ofHours(1));
    assertThat(entrance.byToken(good, "http", HERE).who().name()).isEqualTo("ada");
    assertThat(site.store().access().tokens().getFirst().used()).isPresent();
    site.pass(Duration.ofHours(1));
    assertThat(refused(() -> entrance.byToken(good, "http", HERE)).status()).isEqualTo(401);
  }

  @Test
  void aRevokedTokenIsNoneWithinASecond() {
    String good = token(ALL, Duration.ofHours(1));
    entrance.byToken(good, "http", HERE);
    people.revoke("boss", "ci");
    site.pass(Duration.ofSeconds(1));
    assertThat(refused(() -> entrance.byToken(good, "http", HERE)).status()).isEqualTo(401);
  }

  @Test
  void aTokenOfSomebodyDroppedIsNoneForWhoeverHasTheNameNext() {
    String good = token(ALL, Duration.ofHours(1));
    people.drop("boss", "ada");
    people.add("boss", "ada", Role.ADMIN, Grants.NONE, Optional.of(PASSWORD));
    assertThat(refused(() -> entrance.byToken(good, "http", HERE)).status()).isEqualTo(401);
  }

  @Test
  void aTokenIsNarrowerThanItsUser() {
    people.allow(
        "boss",
        "ada",
        new People.Scope(
            Optional.of(Role.EDITOR), Optional.empty(), Optional.empty(), Optional.empty()));
    String narrow =
        token(
            new People.Scope(
                Optional.of(Role.VIEWER),
                Optional.of(List.of("marts.daily", "raw.*")),
                Optional.empty(),
                Optional.empty()),
            Duration.ofDays(1));
    Principal who = entrance.byToken(narrow, "http", HERE).who();
    assertThat(who.role()).isEqualTo(Role.VIEWER);
    assertThat(who.grants().tables()).containsExactly("marts.daily");
    assertThat(who.grants().endpoints()).as("they read every table, whoever calls").isEmpty();
    people.revoke("boss", "ci");
    String named =
        token(
            new People.Scope(
                Optional.empty(),
                Optional.of(List.of("marts.daily")),
                Optional.of(List.of("daily")),
                Optional.empty()),
            Duration.ofDays(1));
    assertThat(entrance.byToken(named, "http", HERE).who().grants().endpoints())
        .containsExactly("daily");
  }

  /** Strangers who guess somebody's password from many places do not keep them out. */
  @Test
  void whoNeverFailedIsLetInWhateverOthersTry() {
    people.add("boss", "Bea", Role.VIEWER, Grants.NONE, Optional.of(PASSWORD));
    for (int i = 0; i < 60; i++) {
      wrong("ada", "wrong", "10.0." + i + ".1");
    }
    assertThat(wrong("ada", "wrong", "10.0.1.1").status()).as("who failed waits").isEqualTo(429);
    wrong("bea", "wrong", "10.1.0.2");
    assertThat(wrong("ada", PASSWORD, "10.1.0.2").status())
        .as("also with the right password, where somebody failed")
        .isEqualTo(429);
    assertThat(entrance.byPassword("ada", PASSWORD, "http", "10.1.0.1").who().name())
        .isEqualTo("ada");
  }

  @Test
  void dashboardsAreGrantedToUsersAndTokens() {
    site.write("project: t\naccess:\n  viewer: {tables: [marts.*], dashboards: [team]}\n");
    People.Scope overview =
        new People.Scope(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(List.of("overview")));
    people.allow("boss", "ada", overview);
    assertThat(entrance.byPassword("ada", PASSWORD, "http", HERE).who().grants().dashboards())
        .containsExactly("team", "overview");
    String whole = token(ALL, Duration.ofDays(1));
    assertThat(entrance.byToken(whole, "http", HERE).who().grants().dashboards())
        .containsExactly("team", "overview");
    people.revoke("boss", "ci");
    String narrow = token(overview, Duration.ofDays(1));
    assertThat(entrance.byToken(narrow, "http", HERE).who().grants().dashboards())
        .containsExactly("overview");
    people.revoke("boss", "ci");
    People.Scope tables =
        new People.Scope(
            Optional.empty(), Optional.of(List.of("marts.*")), Optional.empty(), Optional.empty());
    assertThat(
            entrance
                .byToken(token(tables, Duration.ofDays(1)), "http", HERE)
                .who()
                .grants()
                .dashboards())
        .as("limited to tables: only what these show")
        .isEmpty();
    people.allow("boss", "ada", tables);
    assertThat(people.users().getFirst().grants().dashboards()).containsExactly("overview");
    assertThat(acts("grant").getFirst().detail())
        .isEqualTo("viewer, tables marts.*, endpoints none, dashboards overview");
  }

  @Test
  void theProjectsRulesHoldAtOnce() {
    assertThat(entrance.byPassword("ada", PASSWORD, "http", HERE).who().grants().tables())
        .containsExactly("marts.*");
    site.write("project: t\naccess:\n  viewer: {}\n");
    assertThat(entrance.byPassword("ada", PASSWORD, "http", HERE).who().grants())
        .isEqualTo(Grants.NONE);
  }

  @Test
  void scramIsAlikeForEverybody() {
    Doorkeeper.Scram ada = entrance.scram("ada");
    assertThat(ada.storedKey())
        .isEqualTo(Passwords.derive(PASSWORD, ada.salt(), ada.iterations()).storedKey());
    Doorkeeper.Scram eve = entrance.scram("eve");
    assertThat(eve.salt()).hasSameSizeAs(ada.salt()).isEqualTo(entrance.scram("EVE").salt());
    assertThat(eve.salt()).isEqualTo(new Entrance(site, LOCAL).scram("eve").salt());
    assertThat(eve.salt()).isNotEqualTo(entrance.scram("mallory").salt());
    assertThat(eve.iterations()).isEqualTo(ada.iterations());
    Doorkeeper.Scram admin = entrance.scram("admin");
    assertThat(admin.storedKey())
        .isEqualTo(Passwords.derive(LOCAL, admin.salt(), admin.iterations()).storedKey());
    assertThat(entrance.byScram("admin", true, "postgres", HERE).who()).isEqualTo(Principal.LOCAL);
    assertThat(entrance.byScram("ada", true, "postgres", HERE).who().name()).isEqualTo("ada");
    assertThat(refused(() -> entrance.byScram("ada", false, "postgres", HERE)).status())
        .isEqualTo(401);
    assertThat(refused(() -> entrance.byScram("eve", true, "postgres", HERE)).status())
        .isEqualTo(401);
  }

  @Test
  void aSessionIsItsUserUntilThePasswordChanges() {
    String secret = sessions.open(entrance.enterByPassword("ada", PASSWORD, "http", HERE));
    assertThat(sessions.entry(secret).orElseThrow().who().name()).isEqualTo("ada");
    assertThat(sessions.entry(secret + "x")).isEmpty();
    assertThat(Sessions.csrf(secret)).isNotEqualTo(Sessions.csrf(secret + "x"));
    assertThat(new Sessions(entrance).entry(secret)).as("another server").isPresent();
    people.password("boss", "ada", Optional.of(PASSWORD));
    site.pass(Duration.ofSeconds(1));
    assertThat(sessions.entry(secret)).as("the same password, set anew").isEmpty();
  }

  @Test
  void aSessionOfATokenEndsWithIt() {
    String text = token(ALL, Duration.ofHours(1));
    String secret = sessions.open(entrance.enterByToken(text, "http", HERE));
    assertThat(sessions.entry(secret)).isPresent();
    site.pass(Duration.ofHours(1));
    assertThat(sessions.entry(secret)).as("expired").isEmpty();
    String local = sessions.open(entrance.enterByToken(LOCAL, "http", HERE));
    assertThat(sessions.entry(local).orElseThrow().who()).isEqualTo(Principal.LOCAL);
    Entrance other = new Entrance(site, LOCAL + "-made-anew");
    assertThat(new Sessions(other).entry(local)).as("the local token is another").isEmpty();
  }

  @Test
  void aSessionEndsByItself() {
    String secret = sessions.open(entrance.enterByPassword("ada", PASSWORD, "http", HERE));
    for (int i = 0; i < 16; i++) {
      site.pass(WebSession.IDLE.minusMinutes(1));
      boolean over =
          WebSession.IDLE.minusMinutes(1).multipliedBy(i + 1).compareTo(WebSession.LONGEST) >= 0;
      assertThat(sessions.entry(secret).isEmpty()).as("look %s", i).isEqualTo(over);
    }
    String other = sessions.open(entrance.enterByPassword("ada", PASSWORD, "http", HERE));
    site.pass(WebSession.IDLE);
    assertThat(sessions.entry(other)).as("nobody used it").isEmpty();
    sessions.end(other);
  }

  @Test
  void anAdminsTokenIsWhole() {
    people.add("boss", "root", Role.ADMIN, Grants.NONE, Optional.empty());
    People.Scope marts =
        new People.Scope(
            Optional.of(Role.ADMIN),
            Optional.of(List.of("marts.*")),
            Optional.empty(),
            Optional.empty());
    assertThat(refused(() -> people.token("boss", "x", "root", marts, Optional.empty())).status())
        .isEqualTo(400);
    People.Scope unsaid =
        new People.Scope(
            Optional.empty(), Optional.of(List.of("marts.*")), Optional.empty(), Optional.empty());
    People.Made made = people.token("boss", "x", "root", unsaid, Optional.empty());
    assertThat(made.token().role()).as("not an admin's, unsaid").isEqualTo(Role.EDITOR);
    assertThat(made.toString()).doesNotContain(made.text());
    assertThat(entrance.byToken(made.text(), "http", HERE).who().grants().tables())
        .containsExactly("marts.*");
  }

  @Test
  void whoLooksForWhatIsNotThereForThemIsNotedWithinBounds() {
    Decisions decisions = entrance.decisions();
    Principal part =
        new Principal("ada", Role.VIEWER, new Grants(List.of("marts.*"), List.of("*")));
    decisions.hidden(Principal.LOCAL, "read hr.pay");
    assertThat(acts("forbidden")).as("who sees everything looks for nothing hidden").isEmpty();
    decisions.hidden(part, "read hr.pay");
    decisions.hidden(part, "read hr.pay");
    assertThat(acts("forbidden"))
        .singleElement()
        .satisfies(act -> {
          assertThat(act.who()).isEqualTo("ada");
          assertThat(act.subject()).isEqualTo("read hr.pay");
        });
    for (int i = 0; i < 500; i++) {
      decisions.hidden(part, "read hr.pay" + i + "x".repeat(1000));
    }
    assertThat(acts("forbidden")).as("nobody fills the log").hasSizeLessThan(70);
    assertThat(acts("forbidden"))
        .anySatisfy(act -> assertThat(act.subject()).isEqualTo("more than these"))
        .allSatisfy(act -> assertThat(act.subject()).hasSizeLessThan(300));
  }

  @Test
  void whatLetSomebodyInAndDoesNotAnyMoreIsNoted() {
    Doorkeeper.Admitted ada = entrance.byPassword("ada", PASSWORD, "postgres", HERE);
    assertThat(ada.now().get()).isPresent();
    people.drop("boss", "ada");
    site.pass(Duration.ofSeconds(2));
    assertThat(ada.now().get()).isEmpty();
    assertThat(acts("refused"))
        .anySatisfy(act -> {
          assertThat(act.who()).isEqualTo("ada");
          assertThat(act.detail()).contains("lets nobody in any more");
        });
  }
}
