package dev.towpath.cli;

import dev.towpath.core.project.Environment;
import dev.towpath.core.release.Promotion;
import dev.towpath.core.release.Releases;
import dev.towpath.core.store.Release;
import dev.towpath.spi.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "env",
    description = "Environments: lists, makes, promotes and drops them.",
    subcommands = {
      EnvCommand.Ls.class,
      EnvCommand.Create.class,
      EnvCommand.Promote.class,
      EnvCommand.Drop.class
    })
final class EnvCommand extends BaseCommand {
  @Override
  public Integer call() {
    throw new UsageException("env needs a command", "towpath env ls, create, promote or drop");
  }

  @Command(name = "ls", description = "Lists environments and their newest releases.")
  static final class Ls extends BaseCommand {
    @Override
    public Integer call() {
      try (Platform platform = platform()) {
        TreeSet<String> names = new TreeSet<>(platform.store().environments());
        platform.project().environments().stream().map(Environment::name).forEach(names::add);
        List<Map<String, @Nullable Object>> all = new ArrayList<>();
        List<List<String>> lines = new ArrayList<>();
        for (String name : names) {
          Release head = platform.store().head(name);
          boolean current = name.equals(platform.environment().name());
          all.add(
              Json.object(
                  "name",
                  name,
                  "release",
                  head.number(),
                  "tables",
                  head.tables(),
                  "current",
                  current));
          lines.add(
              List.of(
                  (current ? "* " : "  ") + name,
                  head.number() == 0 ? "" : Long.toString(head.number()),
                  Integer.toString(head.tables()),
                  head.note()));
        }
        if (json()) {
          console().out().println(Json.write(Json.object("environments", all)));
        } else {
          TextTable.lines(
                  List.of("environment", "release", "tables", "note"),
                  List.of(false, true, true, false),
                  lines)
              .forEach(console().out()::println);
        }
        return Main.OK;
      }
    }
  }

  @Command(
      name = "create",
      description = "Makes an environment; with --from it starts with another's tables, uncopied.")
  static final class Create extends BaseCommand {
    @Parameters(paramLabel = "NAME", description = "The new environment.")
    private String name = "";

    @Option(names = "--from", paramLabel = "NAME", description = "Start with its newest release.")
    private @Nullable String from;

    @Override
    public Integer call() {
      try (Platform platform = platform()) {
        platform.claimLake();
        Release release =
            platform
                .store()
                .createEnvironment(name, Optional.ofNullable(from), platform.clock().instant());
        if (json()) {
          console().out().println(Json.write(ReleaseText.json(release)));
        } else {
          console()
              .out()
              .println(
                  "made "
                      + name
                      + (from == null ? "" : " from " + from)
                      + ": "
                      + Console.count(release.tables(), "table")
                      + "; towpath --env "
                      + name
                      + " run builds what differs");
        }
        return Main.OK;
      }
    }
  }

  @Command(
      name = "promote",
      description =
          "Publishes in --into the tables of NAME whose definitions differ there; tables that have"
              + " moved on there are left for a run.")
  static final class Promote extends BaseCommand {
    @Parameters(paramLabel = "NAME", description = "The environment to promote from.")
    private String name = "";

    @Option(
        names = "--into",
        paramLabel = "NAME",
        description = "Where to publish (default: the environment of the command).")
    private @Nullable String into;

    @Override
    public Integer call() {
      try (Platform platform = platform()) {
        String target = into == null ? platform.environment().name() : into;
        if (target.equals(name)) {
          throw new UsageException(
              "cannot promote " + name + " into itself", "name the other one with --into");
        }
        platform.claimLake();
        Promotion done =
            new Releases(platform.store(), platform.lake())
                .promote(name, target, platform.clock().instant());
        if (json()) {
          console()
              .out()
              .println(
                  Json.write(
                      Json.object(
                          "release",
                          done.release().map(Release::number).orElse(null),
                          "promoted",
                          names(done.promoted()),
                          "removed",
                          names(done.removed()),
                          "rebuild",
                          names(done.rebuild()))));
          return Main.OK;
        }
        done.release()
            .ifPresentOrElse(
                r -> console().out().println("published release " + r.number() + " of " + target),
                () -> console().out().println("nothing to promote into " + target));
        list("promoted", done.promoted());
        list("removed", done.removed());
        list("to be built there by its next run", done.rebuild());
        return Main.OK;
      }
    }

    private void list(String title, List<TableName> tables) {
      if (!tables.isEmpty()) {
        console().out().println("  " + title + ": " + String.join(", ", names(tables)));
      }
    }

    private static List<String> names(List<TableName> tables) {
      return tables.stream().map(TableName::toString).toList();
    }
  }

  @Command(name = "drop", description = "Forgets an environment; gc then frees its files.")
  static final class Drop extends BaseCommand {
    @Parameters(paramLabel = "NAME", description = "The environment.")
    private String name = "";

    @Override
    public Integer call() {
      try (Platform platform = platform()) {
        platform.store().dropEnvironment(name);
        console()
            .out()
            .println(json() ? Json.write(Json.object("dropped", name)) : "dropped " + name);
        return Main.OK;
      }
    }
  }
}
