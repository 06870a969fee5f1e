package dev.towpath.cli;

import dev.towpath.core.check.Checked;
import dev.towpath.core.lineage.Lineages;
import dev.towpath.core.plan.Plan;
import dev.towpath.core.plan.Unaffected;
import dev.towpath.core.run.RunListener;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "plan",
    description = "Says what a run would do and why; which columns change and what reads them.")
final class PlanCommand extends BaseCommand {
  @Mixin private PlanOptions plan = new PlanOptions();

  @Override
  public Integer call() {
    try (Platform platform = platform()) {
      Checked checked = platform.check().orThrow();
      Instant now = RunWork.logicalTime(platform);
      RunWork work = new RunWork(platform, checked, RunListener.NONE);
      Plan made = work.plan(plan.request(checked, now));
      try (Lineages lineages = platform.lineages(checked)) {
        Unaffected unaffected =
            new Unaffected(made, checked.graph(), lineages, platform.store()::version);
        PlanText text = new PlanText(made, checked, unaffected.tables(), lineages::columns);
        if (json()) {
          console().out().println(Json.write(text.json()));
        } else {
          text.lines().forEach(console().out()::println);
        }
      }
      plan.notice(checked).ifPresent(console().err()::println);
      work.late(now).forEach(p -> console().err().println(p.toString()));
      if (!json() && !made.refusals().isEmpty()) {
        console().problems(made.refusals());
      }
      return made.refusals().isEmpty() ? Main.OK : Main.FAILED;
    }
  }
}
