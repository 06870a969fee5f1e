package dev.towpath.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class RedactionTest {
  private static final String SECRET = "a\"b\\c'd<é&\n1234567890";

  private final Redaction redaction =
      new Redaction(Map.of(SECRET, "${PW}", "longer than a message", "${LONG}", "ab", "${AB}"));

  @Test
  void knowsHowOthersSpellASecret() {
    for (String text :
        new String[] {
          SECRET,
          "a%22b%5Cc%27d%3C%C3%A9%26%0A1234567890", // a URL
          "a\\\"b\\\\c'd<é&\\n1234567890", // JSON
          "a\\\"b\\\\c'd<\\u00e9&\\n1234567890", // JSON in ASCII
          "a\"b\\\\c\\'d<é&\\n1234567890", // Python
          "a&quot;b\\c&#x27;d&lt;é&amp;\n1234567890", // HTML
        }) {
      assertThat(redaction.apply("x '" + text + "' y")).isEqualTo("x '${PW}' y");
    }
  }

  @Test
  void aLineOfASecretIsOneToo() {
    assertThat(redaction.apply("= 1234567890")).isEqualTo("= ${PW}");
  }

  @Test
  void whatWasCutIsTheStartOfASecret() {
    assertThat(redaction.apply("\"longer than a… is text, longer than… x…"))
        .isEqualTo("\"${LONG}… is text, ${LONG}… x…");
  }

  @Test
  void shortOnesAreReplacedWhereTheyStandAlone() {
    assertThat(redaction.apply("cab \"ab\"")).isEqualTo("cab \"${AB}\"");
    assertThat(redaction.and(Map.of("more", "${M}")).apply("more \"ab\""))
        .isEqualTo("${M} \"${AB}\"");
    assertThat(redaction.toString()).contains("${PW}").doesNotContain("longer than");
  }
}
