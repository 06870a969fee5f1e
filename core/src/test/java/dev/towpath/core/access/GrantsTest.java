package dev.towpath.core.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may read what. */
class GrantsTest {
  private static final Grants VIEWERS = new Grants(List.of("marts.*"), List.of("daily"));
  private static final Access LIMITED = new Access(Map.of(Role.VIEWER, VIEWERS));

  private static Grants tables(String... patterns) {
    return new Grants(List.of(patterns), List.of());
  }

  @ParameterizedTest
  @CsvSource({
    "*, marts.daily, true",
    "marts.*, marts.daily, true",
    "MARTS.*, Marts.Daily, true",
    "marts.daily, Marts.DAILY, true",
    "marts.*, marts2.daily, false",
    "marts.*, mart.daily, false",
    "marts.daily, marts.daily2, false",
    "marts.dail, marts.daily, false",
    "raw.*, marts.raw, false",
    "m.*, marts.daily, false",
    "größe.*, GRÖSSE.t, false",
    "größe.*, GRÖßE.t, true",
  })
  void aPatternMeansTables(String pattern, String table, boolean reads) {
    assertThat(tables(pattern).reads(TableName.parse(table))).isEqualTo(reads);
  }

  @Test
  void nothingIsReadWithoutAGrant() {
    assertThat(Grants.NONE.reads(TableName.parse("marts.daily"))).isFalse();
    assertThat(Grants.NONE.calls("daily")).isFalse();
    assertThat(Grants.NONE.readsAll()).isFalse();
    assertThat(tables("marts.*").calls("marts.daily")).isFalse();
    assertThat(VIEWERS.calls("daily")).isTrue();
    assertThat(VIEWERS.calls("Daily")).isFalse();
    assertThat(Grants.ALL.calls("anything")).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*             | marts.* raw.t | marts.* raw.t",
        "marts.*       | marts.daily   | marts.daily",
        "marts.daily   | marts.*       | marts.daily",
        "marts.*       | raw.*         | ''",
        "marts.daily   | marts.other   | ''",
        "marts.* raw.t | raw.* marts.a | marts.a raw.t",
        "*             | *             | *",
        "m.*           | marts.*       | ''",
      })
  void whatTwoAllowIsTheNarrower(String one, String other, String both) {
    Grants a = tables(one.split(" "));
    Grants b = tables(other.split(" "));
    List<String> expected = both.isEmpty() ? List.of() : List.of(both.split(" "));
    assertThat(a.and(b).tables()).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(b.and(a).tables()).containsExactlyInAnyOrderElementsOf(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "marts", ".", "marts.", ".daily", "*.daily", "a.*b", "**", "a.b.c", "m*.t"})
  void whatNamesNoTablesIsSaid(String pattern) {
    assertThat(Grants.mistake(pattern)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "marts.*", "marts.daily", "größe.t t"})
  void whatNamesTablesIsFine(String pattern) {
    assertThat(Grants.mistake(pattern)).isEmpty();
  }

  @Test
  void aRoleThatIsNotLimitedReadsEverything() {
    assertThat(LIMITED.of(Role.VIEWER)).isEqualTo(VIEWERS);
    assertThat(LIMITED.of(Role.EDITOR)).isEqualTo(Grants.ALL);
    assertThat(new Access(Map.of(Role.ADMIN, VIEWERS)).of(Role.ADMIN)).isEqualTo(Grants.ALL);
  }

  private static User user(Role role, Grants grants) {
    return new User("ada", role, grants, Optional.empty(), Instant.EPOCH);
  }

  private static ApiToken token(Role role, Grants grants) {
    return new ApiToken(
        "ci", "ada", "h", "s", role, grants, Instant.EPOCH, Optional.empty(), Optional.empty());
  }

  @Test
  void aUserReadsBesidesWhatTheRoleDoes() {
    Principal ada = LIMITED.principal(user(Role.VIEWER, tables("raw.t")));
    assertThat(ada.role()).isEqualTo(Role.VIEWER);
    assertThat(ada.grants().tables()).containsExactly("marts.*", "raw.t");
    assertThat(ada.grants().endpoints()).containsExactly("daily");
  }

  @Test
  void aTokenAllowsNoMoreThanItsUser() {
    User ada = user(Role.VIEWER, tables("raw.t"));
    Principal all = LIMITED.principal(ada, token(Role.ADMIN, Grants.ALL));
    assertThat(all).isEqualTo(LIMITED.principal(ada));
    Principal less = LIMITED.principal(ada, token(Role.VIEWER, tables("marts.daily", "secret.*")));
    assertThat(less.grants()).isEqualTo(tables("marts.daily"));
  }

  @Test
  void anAdminsTokenForLessReadsLess() {
    User admin = user(Role.ADMIN, Grants.NONE);
    assertThat(LIMITED.principal(admin).grants()).isEqualTo(Grants.ALL);
    Principal viewer = LIMITED.principal(admin, token(Role.VIEWER, Grants.ALL));
    assertThat(viewer.role()).isEqualTo(Role.VIEWER);
    assertThat(viewer.grants()).isEqualTo(VIEWERS);
  }

  @Test
  void rolesAreInOrder() {
    assertThat(Role.ADMIN.isAtLeast(Role.VIEWER)).isTrue();
    assertThat(Role.VIEWER.isAtLeast(Role.EDITOR)).isFalse();
    assertThat(Role.EDITOR.atMost(Role.VIEWER)).isEqualTo(Role.VIEWER);
    assertThat(Role.parse("editor")).isEqualTo(Role.EDITOR);
    assertThatThrownBy(() -> Role.parse("vewer"))
        .isInstanceOfSatisfying(
            TowpathException.class, e -> assertThat(e.hint()).contains("did you mean \"viewer\"?"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "admin", "Admin", "token", "a b", "ada\n", "-x", "ä", "../x"})
  void notEveryNameIsAUsers(String name) {
    assertThatThrownBy(() -> User.fresh(name)).isInstanceOf(TowpathException.class);
  }

  @Test
  void namesOfUsersAreInLowerCase() {
    assertThat(User.fresh("Ada.L@Example.org")).isEqualTo("ada.l@example.org");
  }

  @Test
  void dashboardsAreGrantedByNameOrWithEverything() {
    Grants one = new Grants(List.of("marts.*"), List.of(), List.of("overview"));
    assertThat(one.opens("overview")).isTrue();
    assertThat(one.opens("routes")).isFalse();
    assertThat(VIEWERS.opens("overview")).isFalse();
    assertThat(Grants.ALL.opens("overview")).isTrue();
    assertThat(one.or(VIEWERS).opens("overview")).isTrue();
    assertThat(one.and(VIEWERS).opens("overview")).isFalse();
    assertThat(one.and(Grants.ALL)).isEqualTo(one);
  }
}
