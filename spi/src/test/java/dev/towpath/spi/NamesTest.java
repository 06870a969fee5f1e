package dev.towpath.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NamesTest {
  @Test
  void theNearestNameWinsWhateverTheOrder() {
    for (List<String> names :
        List.of(List.of("r_name", "r_comment"), List.of("r_comment", "r_name"))) {
      assertThat(Names.nearest("r_nam", names)).contains("r_name");
    }
  }

  @Test
  void aNameTooFarIsNoHint() {
    assertThat(Names.nearest("region", List.of("customers", "x"))).isEmpty();
  }
}
