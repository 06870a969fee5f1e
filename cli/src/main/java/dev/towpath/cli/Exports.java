package dev.towpath.cli;

import dev.towpath.core.check.Checked;
import dev.towpath.core.graph.Asset;
import dev.towpath.core.project.Export;
import dev.towpath.core.run.Exporter;
import dev.towpath.core.store.ExportRecord;
import dev.towpath.core.store.LakeView;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.EngineSession;
import dev.towpath.spi.Problem;
import dev.towpath.spi.TableName;
import java.time.Duration;
import java.util.HashMap;
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

  /**
   * Delivers; empty when nothing is owed. While another process is at it, this waits: that one may
   * not know of what was published since it began.
   */
  List<Exporter.Outcome> deliver() {
    String environment = platform.environment().name();
    MetadataStore store = platform.store();
    oweNew(environment);
    Optional<MetadataStore.Hold> hold = Optional.empty();
    boolean told = false;
    while (hold.isEmpty()) {
      if (store.exports(environment).stream().allMatch(e -> e.isDone())) {
        return List.of();
      }
      hold = store.exporting(environment);
      if (hold.isEmpty()) {
        if (!told) {
          console.err().println("waiting for another process that exports from " + environment);
          told = true;
        }
        rest();
      }
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

  /** Exports that were declared after their table was published get what is there. */
  private void oweNew(String environment) {
    MetadataStore store = platform.store();
    List<ExportRecord> known = store.exports(environment);
    Map<TableName, List<String>> declared = new HashMap<>();
    for (Asset asset : checked.graph().assets()) {
      List<String> targets =
          Exporter.declared(checked.graph(), asset.name(), environment).stream()
              .map(Export::id)
              .filter(id ->
                  known.stream()
                      .noneMatch(k -> k.table().equals(asset.name()) && k.target().equals(id)))
              .toList();
      if (!targets.isEmpty()) {
        declared.put(asset.name(), targets);
      }
    }
    if (!declared.isEmpty()) {
      LakeView view = store.view(environment, store.head(environment).number());
      declared.keySet().removeIf(table -> view.table(table).isEmpty());
      if (!declared.isEmpty()) {
        store.owe(view, declared);
      }
    }
  }

  private static void rest() {
    try {
      Thread.sleep(Duration.ofMillis(200));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
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
