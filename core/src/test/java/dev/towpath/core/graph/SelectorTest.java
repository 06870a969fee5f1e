package dev.towpath.core.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.core.graph.Selector.Candidate;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** raw.flights and ref.codes feed core.flights, which feeds marts.daily and marts.league. */
class SelectorTest {
  private static final List<Candidate> ALL =
      List.of(
          candidate("raw.flights", "source", "sources/air.yml", "raw"),
          candidate("ref.codes", "seed", "seeds/ref/codes.csv", ""),
          candidate("staging.flights", "view", "models/staging/flights.sql", "", "raw.flights"),
          candidate(
              "core.flights",
              "table",
              "models/core/flights.sql",
              "core",
              "staging.flights",
              "ref.codes"),
          candidate(
              "marts.daily", "incremental", "models/marts/daily.sql", "finance", "core.flights"),
          candidate("marts.league", "table", "models/marts/league.sql", "", "core.flights"),
          candidate("marts.Two Words", "table", "models/marts/Two Words.sql", "finance"));

  private static Candidate candidate(
      String name, String kind, String file, String tag, String... parents) {
    return new Candidate(
        TableName.parse(name),
        kind,
        file,
        tag.isEmpty() ? List.of() : List.of(tag),
        Arrays.stream(parents).map(TableName::parse).toList());
  }

  private static String select(List<String> include, List<String> exclude) {
    return String.join(
        " ",
        Selector.parse(include, exclude).select(ALL).stream().map(TableName::toString).toList());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "marts.daily                | marts.daily",
        "MARTS.Daily                | marts.daily",
        "daily                      | marts.daily",
        "flights                    | raw.flights staging.flights core.flights",
        "marts                      | marts.daily marts.league marts.Two Words",
        "marts.*                    | marts.daily marts.league marts.Two Words",
        "*.flights                  | raw.flights staging.flights core.flights",
        "marts.l?ague               | marts.league",
        "marts.\"two words\"        | marts.Two Words",
        "+core.flights              | raw.flights ref.codes staging.flights core.flights",
        "1+core.flights             | ref.codes staging.flights core.flights",
        "0+core.flights             | core.flights",
        "core.flights+              | core.flights marts.daily marts.league",
        "staging.flights+1          | staging.flights core.flights",
        "1+core.flights+1 | ref.codes staging.flights core.flights marts.daily marts.league",
        "+core.flights+ | raw.flights ref.codes staging.flights core.flights marts.daily marts.league",
        "@staging.flights | raw.flights ref.codes staging.flights core.flights marts.daily marts.league",
        "@marts.daily | raw.flights ref.codes staging.flights core.flights marts.daily",
        "tag:finance                | marts.daily marts.Two Words",
        "tag:fin*                   | marts.daily marts.Two Words",
        "+tag:core                  | raw.flights ref.codes staging.flights core.flights",
        "source:*                   | raw.flights",
        "source:air                 | raw.flights",
        "source:raw                 | raw.flights",
        "source:raw.flights+1       | raw.flights staging.flights",
        "seed:*                     | ref.codes",
        "seed:codes                 | ref.codes",
        "model:*                    | staging.flights core.flights marts.daily marts.league marts.Two Words",
        "kind:view                  | staging.flights",
        "kind:model,path:models/core | core.flights",
        "path:models/marts          | marts.daily marts.league marts.Two Words",
        "path:./models/marts/       | marts.daily marts.league marts.Two Words",
        "path:models/*/flights.sql  | staging.flights core.flights",
        "marts.*,tag:finance        | marts.daily marts.Two Words",
        "+marts.daily,kind:view     | staging.flights",
        "marts.daily source:*       | raw.flights marts.daily",
        "marts.* -tag:finance       | marts.league",
        "marts.* !marts.daily       | marts.league marts.Two Words",
        "-marts.*  | raw.flights ref.codes staging.flights core.flights",
      })
  void selects(String selection, String expected) {
    assertThat(select(List.of(selection), List.of())).isEqualTo(expected);
  }

  @Test
  void nothingGivenIsEverything() {
    assertThat(Selector.parse(List.of(), List.of()).isEverything()).isTrue();
    assertThat(Selector.parse(List.of(), List.of()).select(ALL)).hasSize(7);
    assertThat(select(List.of("*"), List.of())).isEqualTo(select(List.of(), List.of()));
  }

  @Test
  void severalArgumentsUniteAndExcludesComeLast() {
    assertThat(select(List.of("marts.league", "raw.flights"), List.of()))
        .isEqualTo("raw.flights marts.league");
    assertThat(select(List.of("marts.*"), List.of("tag:finance"))).isEqualTo("marts.league");
    assertThat(select(List.of(), List.of("core.flights+", "path:seeds", "kind:source")))
        .isEqualTo("staging.flights marts.Two Words");
    assertThat(select(List.of("marts.daily"), List.of("marts.*"))).isEmpty();
  }

  @Test
  void aKindThatNobodyIsOfIsEmptyButNoMistake() {
    List<Candidate> one = List.of(ALL.getFirst());
    assertThat(Selector.parse(List.of("seed:* kind:view"), List.of()).select(one)).isEmpty();
    assertThat(Selector.parse(List.of(), List.of()).select(List.of())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "marts.dayly    | unknown table \"marts.dayly\"           | did you mean \"marts.daily\"?",
        "dayly          | unknown table \"dayly\"                 | did you mean \"daily\"?",
        "+mart          | unknown table \"mart\"                  | did you mean \"marts\"?",
        "nothing.x*     | no table's name fits \"nothing.x*\"     | towpath ls shows what there is",
        "tag:finanse    | no table has the tag \"finanse\"        | did you mean \"finance\"?",
        "source:rav     | unknown source \"rav\"                  | did you mean \"raw\"?",
        "seed:raw       | unknown seed \"raw\"                    | did you mean \"ref\"?",
        "kind:veiw      | \"veiw\" is not a kind                  | did you mean \"view\"?",
        "tags:x         | \"tags:\" is not a way to select        | did you mean \"tag:\"?",
        "path:models/mart | no table's file is at \"models/mart\" | towpath ls shows what there is",
        "tag:           | the selection \"tag:\" names nothing    | write such as marts.daily, marts.*, tag:finance or path:models/marts",
        "+              | the selection \"+\" names nothing       | write such as marts.daily, marts.*, tag:finance or path:models/marts",
        "marts.\"x      | a \" is missing in the selection marts.\"x | close the quote",
      })
  void saysWhatIsNotThere(String selection, String message, String hint) {
    assertThatThrownBy(() -> select(List.of(selection), List.of()))
        .isInstanceOfSatisfying(
            TowpathException.class,
            e -> {
              assertThat(e).hasMessage(message);
              assertThat(e.hint()).contains(hint);
            });
    assertThatThrownBy(() -> select(List.of(), List.of(selection))).hasMessage(message);
  }

  /** Against a slow definition: a path of at most n steps. */
  @Test
  void spreadsAsFarAsAsked() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      List<Candidate> graph = randomGraph(random);
      int start = random.nextInt(graph.size());
      int up = random.nextInt(4);
      int down = random.nextInt(4);
      Set<TableName> expected = new HashSet<>();
      climb(graph, graph.get(start).name(), up, expected, true);
      climb(graph, graph.get(start).name(), down, expected, false);
      String selection = up + "+" + graph.get(start).name() + "+" + down;
      List<TableName> actual = Selector.parse(List.of(selection), List.of()).select(graph);
      assertThat(new HashSet<>(actual)).as("seed %d, %s", seed, selection).isEqualTo(expected);
    }
  }

  private static List<Candidate> randomGraph(Random random) {
    List<Candidate> graph = new ArrayList<>();
    int size = 1 + random.nextInt(15);
    for (int i = 0; i < size; i++) {
      Set<String> parents = new LinkedHashSet<>();
      for (int p = 0; p < i && p < 3; p++) {
        parents.add("s.t" + random.nextInt(i));
      }
      graph.add(
          candidate("s.t" + i, "table", "models/s/x.sql", "", parents.toArray(String[]::new)));
    }
    return graph;
  }

  private static void climb(
      List<Candidate> graph, TableName from, int steps, Set<TableName> into, boolean up) {
    into.add(from);
    if (steps == 0) {
      return;
    }
    for (Candidate candidate : graph) {
      if (up && candidate.name().equals(from)) {
        candidate.parents().forEach(p -> climb(graph, p, steps - 1, into, true));
      } else if (!up && candidate.parents().contains(from)) {
        climb(graph, candidate.name(), steps - 1, into, false);
      }
    }
  }
}
