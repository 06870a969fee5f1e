package dev.towpath.core.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.CoreScalarResolver;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;

/** Against the parser's own resolver, which knows ${...} besides. */
class CoreScalarsTest {
  private final ScalarResolver own = new CoreScalars.Schema().getScalarResolver();
  private final ScalarResolver theirs = new CoreScalarResolver(false);

  @Test
  void agreesOnWhatPeopleWrite() {
    for (String text :
        List.of(
            "",
            "~",
            "null",
            "NULL",
            "nUll",
            "true",
            "False",
            "yes",
            "on",
            "Off",
            "0",
            "-1",
            "+1",
            "007",
            "1_000",
            "0x1F",
            "0xg",
            "0x",
            "0o17",
            "0o8",
            "1.5",
            ".5",
            "5.",
            ".",
            "-",
            "+",
            "1e3",
            "1E-3",
            "e3",
            "1e",
            "-.5e+7",
            ".inf",
            "-.INF",
            "+.Inf",
            ".nan",
            "-.NaN",
            ".NAN",
            "2013-01-01",
            "10:30",
            "1.2.3",
            "0b1",
            "${A}",
            "--",
            "+-1",
            "..",
            "1.e2",
            "٣")) {
      assertThat(own.resolve(text, true)).as(text).isEqualTo(expected(text));
      assertThat(own.resolve(text, false)).as(text).isEqualTo(Tag.STR);
    }
  }

  @Test
  void agreesOnWhatNobodyWrites() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    String letters = "0178xo+-..eEinfInFNaN_:";
    for (int i = 0; i < 200_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(7); n > 0; n--) {
        text.append(letters.charAt(random.nextInt(letters.length())));
      }
      assertThat(own.resolve(text.toString(), true))
          .as("seed %d, %s", seed, text)
          .isEqualTo(expected(text.toString()));
    }
  }

  private Tag expected(String text) {
    Tag tag = theirs.resolve(text, true);
    return tag.equals(Tag.ENV_TAG) ? Tag.STR : tag;
  }
}
