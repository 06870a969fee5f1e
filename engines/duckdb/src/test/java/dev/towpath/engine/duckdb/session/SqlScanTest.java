package dev.towpath.engine.duckdb.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlScanTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          SELECT $a, $b1, $a | a b1 a
          SELECT '$a', "$b", 'it''s $c' | none
          SELECT E'\\' $a', e'$b', $c | c
          SELECT x'00' || $a | a
          SELECT $$ $a $$, $tag$ $b $$ $tag$, $c | c
          SELECT 1 -- $a | none
          SELECT 1 /* $a /* $b */ $c */ + $d | d
          SELECT a$b, $c | c
          SELECT $ä_1 | ä_1
          SELECT $a€$ $b $a€$, $c | c
          SELECT $1a, $"d" | 1 d
          SELECT '$a | none
          SELECT /* $a | none
          SELECT $1 + $2 | 1 2
          """)
  void findsParameters(String sql, String names) {
    String found =
        SqlScan.of(sql).parameters().stream()
            .map(SqlScan.Parameter::name)
            .collect(Collectors.joining(" "));
    assertThat(found).isEqualTo(names == null || names.equals("none") ? "" : names);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          SELECT 1 ; -- the end ; | SELECT 1 | -1
          SELECT ';' /* ; */ ;; | SELECT ';' | -1
          SELECT 1; SELECT 2; | SELECT 1; SELECT 2 | 8
          SELECT 1;; x | SELECT 1;; x | 8
          """)
  void findsTheEnd(String sql, String kept, int semicolon) {
    SqlScan scan = SqlScan.of(sql);
    assertThat(sql.substring(0, scan.end())).isEqualTo(kept);
    assertThat(scan.semicolon()).isEqualTo(semicolon);
  }
}
