package dev.towpath.source.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScriptTest {
  private static List<Script.Part> postgres(String sql) {
    return Script.parts(sql, true);
  }

  private static List<Script.Part> mariadb(String sql) {
    return Script.parts(sql, false);
  }

  @Test
  void statementsAndTheirLines() {
    assertThat(postgres("-- first; not a statement\nSELECT 1;\n\n;  /* ; */\nSELECT 2"))
        .extracting(Script.Part::line)
        .containsExactly(2, 5);
    assertThat(postgres(" ;\n-- nothing\n/* at all */")).isEmpty();
    assertThat(postgres("SELECT 'a;''b;', \"c;d\";SELECT 3"))
        .extracting(Script.Part::text)
        .containsExactly("SELECT 'a;''b;', \"c;d\"", "SELECT 3");
  }

  @Test
  void namesBecomeQuestionMarks() {
    Script.Part part =
        postgres("SELECT $a + $b_2, '$c', $a -- $d\n WHERE x = /* $e */ $f").getFirst();
    assertThat(part.text()).isEqualTo("SELECT ? + ?, '$c', ? -- $d\n WHERE x = /* $e */ ?");
    assertThat(part.names()).containsExactly("a", "b_2", "a", "f");
    assertThat(mariadb("SELECT $a # $b\n, `$c`").getFirst().names()).containsExactly("a");
  }

  @Test
  void whatPostgresQuotesInItsOwnWay() {
    assertThat(postgres("DO $$ BEGIN; x := $y; END $$; SELECT $tag$ a; $b $$ $tag$, $z"))
        .extracting(Script.Part::names)
        .containsExactly(List.of(), List.of("z"));
    assertThat(postgres("SELECT E'a\\';b', 'c\\'; SELECT /* /* ; */ ; */ 1")).hasSize(2);
    assertThat(postgres("SELECT j ? 'a', '?'").getFirst().text()).isEqualTo("SELECT j ?? 'a', '?'");
  }

  @Test
  void whatMariaDbQuotesInItsOwnWay() {
    assertThat(mariadb("SELECT 'a\\';b', `c;d`; SELECT \"e\\\";f\"")).hasSize(2);
    assertThat(mariadb("SELECT 1 # ;\n; SELECT 2")).hasSize(2);
  }

  @Test
  void whatDoesNotEndIsLeftToTheServer() {
    assertThat(postgres("SELECT 'a; b")).hasSize(1);
    assertThat(postgres("SELECT $$ a; b")).hasSize(1);
    assertThat(postgres("SELECT /* a; b")).hasSize(1);
    assertThat(postgres("SELECT 1 $")).hasSize(1);
  }
}
