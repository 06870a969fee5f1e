package dev.towpath.cli;

import dev.towpath.core.check.Checked;
import dev.towpath.core.plan.Plan;
import dev.towpath.core.run.RunListener;
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
      Plan made =
          new RunWork(platform, checked, RunListener.NONE)
              .plan(plan.request(checked.graph(), RunWork.logicalTime(platform)));
      if (json()) {
        console().out().println(Json.write(PlanText.json(made)));
      } else {
        PlanText.lines(made).forEach(console().out()::println);
        if (!made.refusals().isEmpty()) {
          console().problems(made.refusals());
        }
      }
      return made.refusals().isEmpty() ? Main.OK : Main.FAILED;
    }
  }
}
