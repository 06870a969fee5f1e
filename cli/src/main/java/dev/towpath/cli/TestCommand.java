package dev.towpath.cli;

import dev.towpath.core.check.Checked;
import dev.towpath.core.check.Macros;
import dev.towpath.core.project.UnitTest;
import dev.towpath.core.run.UnitTests;
import dev.towpath.spi.EngineSession;
import dev.towpath.spi.Rows;
import dev.towpath.spi.TableName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
      try (EngineSession session = platform.session(RunWork.logicalTime(platform))) {
        platform.project().macros().stream()
            .flatMap(m -> Macros.statements(m).stream())
            .forEach(session::macro);
        UnitTests tests = new UnitTests(platform.project(), checked.graph(), session);
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
    rows("missing", outcome.missing());
    rows("not expected", outcome.unexpected());
  }

  private void rows(String title, Rows rows) {
    if (!rows.rows().isEmpty()) {
      console().err().println("    " + title + ":");
      TextTable.lines(rows).forEach(l -> console().err().println("      " + l));
    }
  }

  private static java.util.Map<String, @org.jspecify.annotations.Nullable Object> json(
      UnitTests.Outcome outcome) {
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
