package dev.towpath.pgwire.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.pgwire.wire.PgError;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandsTest {
  private static Command read(String text) {
    return Commands.read(Sql.split(text).getFirst());
  }

  @Test
  void semicolonsInTextsAndCommentsPartNothing() {
    String text =
        "SELECT ';', E'\\';', \";\", $$;$$, $a$;$$;$a$ -- ;\n /* ; /* ; */ ; */ ; ; SELECT 'é' ; x";
    assertThat(Sql.split(text)).hasSize(3);
    assertThat(Sql.split(text).get(1).text()).isEqualTo("SELECT 'é'");
    assertThat(Sql.split(text).get(2).offset()).isEqualTo(text.length() - 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SELECT 'x", "SELECT \"x", "/* /* */", "SELECT $a$ $$", "SELECT E'\\'"})
  void whatDoesNotEndIsAnError(String text) {
    assertThatThrownBy(() -> Sql.split(text)).hasMessageStartingWith("unterminated");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          begin isolation level repeatable read, read only | Begin
          START TRANSACTION READ WRITE NOT DEFERRABLE      | Begin
          END                                              | Commit
          COMMIT TRANSACTION                               | Commit
          ABORT                                            | Rollback
          ROLLBACK WORK TO SAVEPOINT "My s"                | RollbackTo
          RELEASE s                                        | Release
          SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY | Nothing
          SET ROLE NONE                                    | Nothing
          UNLISTEN *                                       | Nothing
          DEALLOCATE PREPARE ALL                           | Deallocate
          CLOSE ALL                                        | Close
          (SELECT 1)                                       | Select
          from marts.daily                                 | Select
          """)
  void statementsAreTold(String text, String kind) {
    assertThat(read(text).getClass().getSimpleName()).isEqualTo(kind);
  }

  @Test
  void settingsAreRead() {
    assertThat(read("SET search_path TO marts, \"My Schema\""))
        .isEqualTo(new Command.Set("search_path", Optional.of("marts, My Schema"), false));
    assertThat(read("SET LOCAL TIME ZONE 'UTC'"))
        .isEqualTo(new Command.Set("timezone", Optional.of("UTC"), true));
    assertThat(read("set extra_float_digits = -1"))
        .isEqualTo(new Command.Set("extra_float_digits", Optional.of("-1"), false));
    assertThat(read("SET my.own = DEFAULT"))
        .isEqualTo(new Command.Set("my.own", Optional.empty(), false));
    assertThat(read("SHOW TRANSACTION ISOLATION LEVEL"))
        .isEqualTo(new Command.Show(Optional.of("transaction_isolation")));
    assertThat(read("RESET ALL")).isEqualTo(new Command.Reset(Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource({
    "FETCH c, 1",
    "FETCH NEXT FROM c, 1",
    "FETCH 5 IN c, 5",
    "FETCH FORWARD 7 c, 7",
    "FETCH FORWARD FROM c, 1",
    "FETCH ALL c, 9223372036854775807",
    "FETCH FORWARD ALL FROM c, 9223372036854775807"
  })
  void fetchCountsForward(String text, long count) {
    assertThat(read(text)).isEqualTo(new Command.Fetch("c", count, false));
  }

  @Test
  void copyOptionsAreReadOldAndNew() {
    CopyFormat csv = new CopyFormat(CopyFormat.Kind.CSV, ';', "-", true, '\'', '\'', true);
    for (String text :
        List.of(
            "COPY (SELECT (1)) TO STDOUT WITH (FORMAT csv, DELIMITER ';', NULL '-', HEADER true, QUOTE '''', FORCE_QUOTE *)",
            "COPY (SELECT (1)) TO STDOUT CSV HEADER DELIMITER AS ';' NULL '-' QUOTE '''' FORCE QUOTE *")) {
      Command.Copy copy = (Command.Copy) read(text);
      assertThat(copy.format()).isEqualTo(csv);
      assertThat(copy.query().text()).isEqualTo("SELECT (1)");
    }
    assertThat(((Command.Copy) read("COPY a.\"B c\" (x, y) TO STDOUT")).query().text())
        .isEqualTo("SELECT x, y FROM a.\"B c\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          INSERT INTO x VALUES (1)            | 25006
          COPY x FROM STDIN                   | 25006
          COPY x TO 'file'                    | 42501
          COPY (SELECT 1) TO PROGRAM 'rm'     | 42501
          COPY (DROP TABLE x) TO STDOUT       | 25006
          DECLARE c CURSOR FOR DROP TABLE x   | 25006
          DECLARE c SCROLL CURSOR FOR SELECT 1| 0A000
          FETCH PRIOR FROM c                  | 55000
          ATTACH 'x'                          | 0A000
          SET ROLE admin                      | 42601
          BEGIN nonsense                      | 42601
          COPY x TO STDOUT (FORMAT nonsense)  | 22023
          COPY x TO STDOUT (DELIMITER 'ab')   | 22023
          SELEC 1                             | 42601
          """)
  void othersAreRefused(String text, String code) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOfSatisfying(PgError.class, e -> assertThat(e.state().code()).isEqualTo(code));
  }

  @Test
  void castsTellWhatParametersAre() {
    assertThat(
            Casts.of(Sql.split("SELECT $1::date, CAST($2 AS text[]), $3, x = ANY($4)").getFirst()))
        .isEqualTo(java.util.Map.of(1, "date", 2, "text[]", 4, "text[]"));
  }

  @Test
  void arraysAndBytesBecomeDuckDbs() {
    String text = "SELECT '{a,NULL,\"b,c\"}'::text[], '\\x00ff'::bytea, '{a}', '{}'::int[]";
    assertThat(Literals.rewrite(Sql.split(text).getFirst()))
        .isEqualTo("SELECT ['a', NULL, 'b,c']::text[], '\\x00\\xff'::bytea, '{a}', []::int[]");
  }
}
