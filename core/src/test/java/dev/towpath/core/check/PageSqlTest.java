package dev.towpath.core.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.core.project.Dashboard;
import dev.towpath.spi.Location;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Queries of a page are put together so that each stays on its lines. */
class PageSqlTest {
  private static Dashboard.Query query(String name, String sql, int line, int column) {
    return new Dashboard.Query(name, true, sql, new Location("d.md", line, column), 0);
  }

  @Test
  void everyTextKeepsItsPlace() {
    Dashboard.Query first = query("a", "SELECT 1 AS x; -- done\n", 3, 1);
    Dashboard.Query second = query("b", "SELECT x FROM a\nWHERE x > 0\n", 7, 1);
    Dashboard.Query inline = query("", "SELECT * FROM b", 12, 6);
    assertThat(PageSql.of(first, List.of())).isEqualTo("\n\nSELECT 1 AS x; -- done\n");
    assertThat(PageSql.of(second, List.of(first)))
        .isEqualTo(
            "\nWITH \"a\" AS (\nSELECT 1 AS x  -- done\n\n)\n(\nSELECT x FROM a\nWHERE x > 0\n\n)");
    String whole = PageSql.of(inline, List.of(first, second));
    String[] lines = whole.split("\n", -1);
    assertThat(lines[2]).isEqualTo("SELECT 1 AS x  -- done");
    assertThat(lines[6]).isEqualTo("SELECT x FROM a");
    assertThat(lines[11]).isEqualTo("    (SELECT * FROM b");
    assertThat(lines[11].indexOf("SELECT")).isEqualTo(5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT 1;|SELECT 1 ",
        "SELECT 1 ; /* ; */ -- ;|SELECT 1   /* ; */ -- ;",
        "SELECT ';'|SELECT ';'",
        "SELECT \";\";|SELECT \";\" ",
        "SELECT 1; SELECT 2|SELECT 1; SELECT 2",
        "SELECT 1; 'x'|SELECT 1; 'x'",
        "SELECT 1|SELECT 1",
      },
      ignoreLeadingAndTrailingWhitespace = false)
  void onlyTheSemicolonAtTheEndGoes(String sql, String expected) {
    assertThat(PageSql.unended(sql)).isEqualTo(expected);
  }
}
