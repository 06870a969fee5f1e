package dev.towpath.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON comes back as it was, and what is none is told. */
class JsonTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "true",
        "0",
        "-9223372036854775808",
        "123456789012345678901234567890",
        "0.1",
        "\"\\\"\\\\\\n\"",
        "[]",
        "[1,[2,{\"a\":null}]]",
        "{\"a\":1,\"b\":{\"c\":[true,false]}}"
      })
  void comesBackAsItWas(String text) throws Exception {
    assertThat(Json.write(Json.parse(text.getBytes(UTF_8)))).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "{\"a\":1,}",
        "{a:1}",
        "1 2",
        "{\"a\":1,\"a\":2}",
        "nul",
        "'x'",
        "[1"
      })
  void whatIsNoneIsTold(String text) {
    assertThatThrownBy(() -> Json.parse(text.getBytes(UTF_8)))
        .isInstanceOf(Json.MalformedException.class);
  }

  @Test
  void depthAndLengthAreBounded() {
    assertThatThrownBy(() -> Json.parse("[".repeat(100_000).getBytes(UTF_8)))
        .isInstanceOf(Json.MalformedException.class);
    assertThatThrownBy(() -> Json.parse("9".repeat(100_000).getBytes(UTF_8)))
        .isInstanceOf(Json.MalformedException.class);
  }
}
