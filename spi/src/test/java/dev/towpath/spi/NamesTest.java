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

  @Test
  void nearestIsTheOneWithTheFewestChanges() {
    assertThat(Names.nearest("gett", List.of("description", "get", "post"))).contains("get");
    assertThat(Names.nearest("memmory", List.of("lake", "memory"))).contains("memory");
    assertThat(Names.nearest("modle", List.of("expect", "model", "name"))).contains("model");
    assertThat(Names.nearest("colums", List.of("checks", "columns", "kind"))).contains("columns");
    assertThat(Names.nearest("Regon", List.of("region", "reason"))).contains("region");
  }

  @Test
  void ofTwoEquallyNearTheFirstByNameCounts() {
    assertThat(Names.nearest("abcx", List.of("abcz", "abcy"))).contains("abcy");
  }

  @Test
  void nothingIsNearerThanTooFar() {
    assertThat(Names.nearest("zzz", List.of("table", "view"))).isEmpty();
    assertThat(Names.nearest("c", List.of("a", "b"))).isEmpty();
    assertThat(Names.nearest("", List.of("a", "b"))).isEmpty();
    assertThat(Names.nearest("kind", List.of())).isEmpty();
  }
}
