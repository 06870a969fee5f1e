package dev.towpath.engine.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import org.junit.jupiter.api.Test;

class DuckDbErrorTest {

  @Test
  void jsonIsTakenApart() {
    DuckDbError error =
        DuckDbError.of(
            new SQLException(
                "Binder Error: {\"exception_type\":\"Binder\",\"exception_message\":\"not \\\"found\\\"!\\nmore\","
                    + "\"name\":\"regon\",\"location\":\"[15,5]\",\"position\":\"15\",\"extra\":{\"a\":[1]},"
                    + "\"candidates\":\"region,t.r\",\"error_subtype\":\"COLUMN_NOT_FOUND\"}"));
    assertThat(error.kind()).isEqualTo("Binder");
    assertThat(error.subtype()).isEqualTo("COLUMN_NOT_FOUND");
    assertThat(error.headline()).isEqualTo("not \"found\"!");
    assertThat(error.name()).isEqualTo("regon");
    assertThat(error.candidates()).containsExactly("region", "t.r");
    assertThat(error.length()).isEqualTo(5);
    assertThat(error.offset("select '\u00e9' || regon")).isEqualTo(14);
  }

  @Test
  void otherTextsAreUnderstoodAsFarAsTheyGo() {
    DuckDbError plain = DuckDbError.of(new SQLException("Catalog Error: no such table {x"));
    assertThat(plain.kind()).isEqualTo("Catalog");
    assertThat(plain.message()).isEqualTo("no such table {x");
    assertThat(plain.offset("x")).isEqualTo(-1);
    assertThat(DuckDbError.of(new SQLException("odd")).message()).isEqualTo("odd");
    assertThat(
            DuckDbError.of(new SQLTimeoutException("INTERRUPT Error: Interrupted!")).interrupted())
        .isTrue();
  }

  @Test
  void bytesToCharacters() {
    String text = "a\u00e9\u20ac\ud83d\ude00z";
    assertThat(DuckDbError.utf16(text, 1)).isEqualTo(1);
    assertThat(DuckDbError.utf16(text, 3)).isEqualTo(2);
    assertThat(DuckDbError.utf16(text, 6)).isEqualTo(3);
    assertThat(DuckDbError.utf16(text, 10)).isEqualTo(5);
    assertThat(DuckDbError.utf16(text, 99)).isEqualTo(6);
  }
}
