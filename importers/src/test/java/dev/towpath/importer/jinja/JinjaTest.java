package dev.towpath.importer.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.core.yaml.SourceText;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Templates and what Jinja2 makes of them. */
class JinjaTest {

  private static final String TEMPLATES =
      """
      {{ 1 + 2 * 3 }}                                        ; 7
      {{ (1 + 2) * 3 }}                                      ; 9
      {{ 7 // 2 }} {{ 7 % 2 }} {{ 7 / 2 }} {{ 2 ** 3 }}      ; 3 1 3.5 8
      {{ -7 // 2 }}                                          ; -4
      {{ 'a' ~ 1 ~ none }}                                   ; a1None
      {{ 'a' if false else 'b' }}                            ; b
      {{ 'x' if none }}                                      ; ``
      {{ [1, 'a', 2.5, true] }}                              ; [1, 'a', 2.5, True]
      {{ {'a': 1}.a }} {{ {'a': 1}['a'] }}                   ; 1 1
      {{ [1, 2, 3][-1] }} {{ [1, 2, 3][1:] }}                ; 3 [2, 3]
      {{ 'abc'[0] }} {{ 'abc'[:2] }}                         ; a ab
      {{ 1 < 2 < 3 }} {{ 3 in [1, 2] }} {{ 3 not in [1] }}   ; True False True
      {{ not 1 == 2 and true }}                              ; True
      {{ 'a-b'.split('-') | join('+') | upper }}             ; A+B
      {{ missing | default('d') }} {{ '' | default('e', true) }} ; d e
      {{ [3, 1, 2] | sort | first }} {{ [1, 2] | sum }}      ; 1 3
      {{ ['a', 'b'] | map('upper') | list }}                 ; ['A', 'B']
      {{ [{'n': 1}, {'n': 2}] | map(attribute='n') | list }} ; [1, 2]
      {{ [1, 2, 3] | reject('odd') | list }}                 ; [2]
      {{ '%s-%02d' | format('a', 3) }} {{ '{}{x}'.format(1, x=2) }} ; a-03 12
      {{ x is defined }} {{ 'a' is string }} {{ 1 is not none }} ; False True True
      {% for a, b in {'k': 'v'}.items() %}{{ a }}{{ b }}{% endfor %} ; kv
      {% for i in range(3) %}{{ i }}{% if not loop.last %},{% endif %}{% endfor %} ; 0,1,2
      {% for i in [] %}x{% else %}none{% endfor %}           ; none
      {% for i in range(4) if i is odd %}{{ loop.index }}{{ i }} {% endfor %} ; 11 23
      {% set x = 1 %}{% for i in [5] %}{% set x = i %}{% endfor %}{{ x }} ; 1
      {% set n = namespace(x=1) %}{% for i in [5] %}{% set n.x = i %}{% endfor %}{{ n.x }} ; 5
      {% set t %}a{{ 1 }}{% endset %}{{ t }}                 ; a1
      {% macro m(a, b=2) %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }} {{ m(b=3, a=4) }} ; 12 43
      {% macro m() %}[{{ caller() }}]{% endmacro %}{% call m() %}x{% endcall %} ; [x]
      {% set l = [] %}{% do l.append(1) %}{{ l | length }}   ; 1
      {% if 1 > 2 %}a{% elif 2 > 1 %}b{% else %}c{% endif %} ; b
      {% raw %}{{ x }}{% endraw %}                           ; {{ x }}
      a {#- gone -#} b                                       ; ab
      {{ "}}" }}                                             ; }}
      {{ 'a' 'b' }}                                          ; ab
      """;

  static Stream<String> templates() {
    return TEMPLATES.lines();
  }

  @ParameterizedTest
  @MethodSource("templates")
  void rendersAsJinja(String line) {
    int cut = line.lastIndexOf(" ; ");
    String expected = line.substring(cut + 3).strip().replace("``", "");
    assertThat(render(line.substring(0, cut).strip()).strip()).isEqualTo(expected);
  }

  @Test
  void tagsAloneOnALineLeaveNoLine() {
    assertThat(render("a\n  {% if true %}\n  b\n  {% endif %}\nc")).isEqualTo("a\n  b\nc");
    assertThat(render("a\n  {% if true -%}\n  b\n  {%- endif %}\nc")).isEqualTo("a\n  b\nc");
  }

  @Test
  void aMacroOfSeveralLinesIsIndentedWhereItIsCalled() {
    String macro = "{% macro m() %}\n    case\n      when a\n    end\n{% endmacro %}";
    assertThat(render(macro + "\nselect\n  {{ m() }} as b"))
        .isEqualTo("select\n  case\n    when a\n  end as b");
  }

  @Test
  void insideQuotesNothingIsStripped() {
    assertThat(render("{% macro m() %} a {% endmacro %}'{{ m() }}' {{ m() }}"))
        .isEqualTo("' a ' a");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a {{ b                 | t.sql:1:3: this tag is never closed
          {% if a %} x           | t.sql:1:3: this block is never closed
          {{ a + }}              | t.sql:1:8: this Jinja tag ends too early
          {{ nothing.here }}     | t.sql:1:12: "nothing" is not known, so it has no "here"
          {{ f(1) }}             | t.sql:1:4: the macro "f" is not known
          {% flush %}            | t.sql:1:3: the Jinja statement "flush" is not known here
          {{ 1 / 0 }}            | t.sql:1:6: a division by zero
          {% for i in none %}{% endfor %} | t.sql:1:3: "None" cannot be walked through
          {{ 'a' ? 1 }}          | t.sql:1:8: unexpected "?" in a Jinja tag
          """)
  void mistakesHaveTheirPlace(String template, String message) {
    assertThatThrownBy(() -> render(template)).hasMessageStartingWith(message);
  }

  private static String render(String text) {
    Template template = Template.parse(new SourceText("t.sql", text));
    return new Interpreter(template, Scope.of(Builtins.all()), Listener.PLAIN)
        .render(template.nodes());
  }
}
