package dev.towpath.cli;

import dev.towpath.core.check.Checked;
import dev.towpath.core.check.Macros;
import dev.towpath.core.project.UnitTest;
import dev.towpath.core.run.UnitTests;
import dev.towpath.spi.EngineSession;
import dev.towpath.spi.Rows;
import dev.towpath.spi.TableName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "test", description = "Runs the unit tests of the selected models.")
final class TestCommand extends BaseCommand {
  @Mixin private Selection selection = new Selection();

  @Override
  public Integer call() {
    try (Platform platform = platform()) {
      Checked checked = platform.check().orThrow();
      Set<TableName> selected = new HashSet<>(selection.of(checked.graph()));
      List<UnitTests.Outcome> outcomes = new ArrayList<>();
      Instant now = RunWork.logicalTime(platform);
      try (EngineSession session = platform.session(now)) {
        platform.project().macros().stream()
            .flatMap(m -> Macros.statements(m).stream())
            .forEach(session::macro);
        UnitTests tests =
            new UnitTests(
                platform.project(),
                checked.graph(),
                session,
                platform.pythonTries(checked.graph(), session, now, "test"));
        for (UnitTest test : platform.project().tests()) {
          if (selected.contains(test.model())) {
            outcomes.add(tests.run(test));
          }
        }
      }
      boolean passed = outcomes.stream().allMatch(UnitTests.Outcome::passed);
      if (json()) {
        console()
            .out()
            .println(
                Json.write(
                    Json.object("tests", outcomes.stream().map(TestCommand::json).toList())));
      } else {
        outcomes.forEach(this::print);
        long failed = outcomes.stream().filter(o -> !o.passed()).count();
        console().out().println((outcomes.size() - failed) + " passed, " + failed + " failed");
      }
      return passed ? Main.OK : Main.FAILED;
    }
  }

  private void print(UnitTests.Outcome outcome) {
    if (outcome.passed()) {
      console().err().println("✓ " + outcome.test().model() + " " + outcome.test().name());
      return;
    }
    console().err().println("✗ " + outcome.problem().orElseThrow());
    diff(outcome).forEach(l -> console().err().println("    " + l));
  }

  /** The rows on which result and expectation differ, side by side; NULL is told from a text. */
  private static List<String> diff(UnitTests.Outcome outcome) {
    List<List<String>> cells = new ArrayList<>();
    add("-", outcome.missing(), cells);
    add("+", outcome.unexpected(), cells);
    if (cells.isEmpty()) {
      return List.of();
    }
    cells.sort(Comparator.comparing(line -> String.join("\t", line.subList(1, line.size()))));
    Rows some = outcome.missing().rows().isEmpty() ? outcome.unexpected() : outcome.missing();
    List<String> names = new ArrayList<>(List.of(" "));
    names.addAll(some.schema().names());
    List<String> lines =
        new ArrayList<>(TextTable.lines(names, Collections.nCopies(names.size(), false), cells));
    lines.add("- expected and missing, + not expected");
    return lines;
  }

  private static void add(String sign, Rows rows, List<List<String>> cells) {
    for (List<@Nullable Object> row : rows.rows()) {
      List<String> line = new ArrayList<>(List.of(sign));
      row.forEach(v -> line.add(v == null ? "NULL" : TextTable.text(v)));
      cells.add(line);
    }
  }

  private static Map<String, @Nullable Object> json(UnitTests.Outcome outcome) {
    return Json.object(
        "name",
        outcome.test().name(),
        "model",
        outcome.test().model().toString(),
        "passed",
        outcome.passed(),
        "problem",
        outcome.problem().map(Json::problem).orElse(null),
        "missing",
        Results.objects(outcome.missing()),
        "unexpected",
        Results.objects(outcome.unexpected()));
  }
}
