package dev.towpath.cli;

import dev.towpath.core.check.Checked;
import dev.towpath.core.run.Exporter;
import dev.towpath.core.store.LakeView;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.spi.EngineSession;
import dev.towpath.spi.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Delivers what an environment's tables are owed to their exports, and says how that went. */
final class Exports {
  private final Platform platform;
  private final Checked checked;
  private final Console console;

  Exports(Platform platform, Checked checked, Console console) {
    this.platform = platform;
    this.checked = checked;
    this.console = console;
  }

  /** Delivers; empty when nothing is owed, or another process is at it. */
  List<Exporter.Outcome> deliver() {
    String environment = platform.environment().name();
    MetadataStore store = platform.store();
    if (store.exports(environment).stream().allMatch(e -> e.isDone())) {
      return List.of();
    }
    Optional<MetadataStore.Hold> hold = store.exporting(environment);
    if (hold.isEmpty()) {
      console.err().println("another process is exporting from " + environment);
      return List.of();
    }
    try (MetadataStore.Hold _ = hold.get();
        EngineSession session = platform.session(RunWork.logicalTime(platform))) {
      LakeView view = store.view(environment, store.head(environment).number());
      Reading reading = new Reading(platform, view, session);
      return new Exporter(
              checked.graph(),
              platform.project().variables(),
              store,
              platform.lake(),
              session,
              state -> {
                reading.expose(name -> name.equals(state.table()));
                return state.table();
              },
              platform.delivery(),
              Duration.ofSeconds(1))
          .deliver(environment);
    }
  }

  /** Prints what was delivered, and what is owed still. */
  void print(List<Exporter.Outcome> outcomes) {
    for (Exporter.Outcome outcome : outcomes) {
      if (outcome.problem().isEmpty()) {
        console
            .err()
            .println(
                "exported "
                    + outcome.table()
                    + " to "
                    + outcome.export().place()
                    + ": "
                    + Console.count(outcome.rows(), "row"));
      }
    }
    List<Problem> problems = problems(outcomes);
    if (!problems.isEmpty()) {
      console.problems(problems);
      console
          .err()
          .println(
              "what was published stays; "
                  + Console.count(problems.size(), "export")
                  + " will be tried again by the next run, or by \"towpath export\"");
    }
  }

  static List<Problem> problems(List<Exporter.Outcome> outcomes) {
    return outcomes.stream().flatMap(o -> o.problem().stream()).toList();
  }

  static Map<String, @Nullable Object> json(Exporter.Outcome outcome) {
    return Json.object(
        "table",
        outcome.table().toString(),
        "to",
        outcome.export().place(),
        "done",
        outcome.problem().isEmpty(),
        "rows",
        outcome.problem().isEmpty() ? outcome.rows() : null,
        "problem",
        outcome.problem().map(Json::problem).orElse(null));
  }
}
