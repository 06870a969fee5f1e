package dev.towpath.cli;

import dev.towpath.core.check.Checked;
import dev.towpath.core.project.Project;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "check",
    description = "Reads and type-checks everything; prints every problem. Runs nothing.")
final class CheckCommand extends BaseCommand {
  @Option(
      names = "--connect",
      description =
          "Try the connections of all sources and object stores too, and compare columns.")
  private boolean connect;

  @Override
  public Integer call() {
    try (Platform platform = platform()) {
      Checked checked = platform.check();
      if (connect) {
        Connections.Outcome outcome = new Connections(platform).tryAll(checked);
        outcome.reached().forEach(line -> console().err().println(line));
        checked = outcome.checked();
      }
      if (json()) {
        console()
            .out()
            .println(
                Json.write(
                    Json.object(
                        "problems", checked.problems().stream().map(Json::problem).toList())));
        return checked.passed() ? Main.OK : Main.FAILED;
      }
      checked.project().notices().forEach(n -> console().err().println("note: " + n));
      if (!checked.problems().isEmpty()) {
        console().problems(checked.problems());
      }
      if (checked.passed()) {
        console()
            .out()
            .println(
                "checked "
                    + Console.count(checked.graph().assets().size(), "table")
                    + ", "
                    + Console.count(checked.project().tests().size(), "test")
                    + pages(checked.project())
                    + ": no error");
      }
      return checked.passed() ? Main.OK : Main.FAILED;
    }
  }

  private static String pages(Project project) {
    String endpoints = Console.count(project.endpoints().size(), "endpoint");
    return project.dashboards().isEmpty()
        ? " and " + endpoints
        : ", " + endpoints + " and " + Console.count(project.dashboards().size(), "dashboard");
  }
}
