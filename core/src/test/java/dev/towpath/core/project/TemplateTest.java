package dev.towpath.core.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TemplateTest {
  private static final Map<String, Object> VALUES =
      Map.of("params.day", "2026-03-01", "params.least", 3L, "outputs.load-it.count", 7L);

  private static Object fill(String text) {
    return Template.fill(
        text, use -> VALUES.get(use.kind() + "." + use.name()), rest -> rest.replace("${A}", "a"));
  }

  @Test
  void aTextThatIsOneUseIsItsValue() {
    assertThat(fill("${params.least}")).isEqualTo(3L);
    assertThat(fill("${ outputs.load-it.count }")).isEqualTo(7L);
  }

  @Test
  void usesInATextAreWrittenOut() {
    assertThat(fill("x ${params.day}/${params.least} ${A}")).isEqualTo("x 2026-03-01/3 a");
  }

  @Test
  void aValueIsNeverLookedAtForVariables() {
    Object filled =
        Template.fill("v=${params.x}", _ -> "${A}", rest -> rest.replace("${A}", "secret"));
    assertThat(filled).isEqualTo("v=${A}");
  }

  @Test
  void outputsNameTheirJob() {
    Template.Use use = Template.uses("${outputs.load-it.count}").getFirst();
    assertThat(use.job()).isEqualTo("load-it");
    assertThat(use.output()).isEqualTo("count");
    assertThat(use).hasToString("${outputs.load-it.count}");
  }

  @Test
  void variablesAreNoUses() {
    assertThat(Template.uses("${HOME} $x ${1.a} ${a b.c}")).isEmpty();
  }
}
