package dev.towpath.cli;

import dev.towpath.core.check.Checked;
import dev.towpath.core.flow.Waits;
import dev.towpath.core.graph.Asset;
import dev.towpath.core.graph.Graph;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.LakeView;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.core.store.RunRecord;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.Column;
import dev.towpath.spi.EngineSession;
import dev.towpath.spi.Names;
import dev.towpath.spi.Problem;
import dev.towpath.spi.Rows;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.io.PrintStream;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "show",
    description =
        "Shows an asset: columns, checks and history. With --limit, the first rows of a model as its"
            + " file stands now, without publishing anything. Or a run of a flow: its tasks, and why"
            + " they wait.")
final class ShowCommand extends BaseCommand {
  private static final Pattern RUN =
      Pattern.compile("\\d{8}-\\d{6}-[0-9a-f]+(-\\d+)?|hook-[0-9a-f]{32}");

  @Parameters(
      paramLabel = "ASSET",
      description = "A table, such as marts.daily, or the id of a run of a flow.")
  private String name = "";

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Show this many rows of a preview instead.")
  private @Nullable Integer limit;

  @Override
  public Integer call() {
    if (limit != null) {
      WrongUsage.positive("--limit", limit);
    }
    try (Platform platform = platform();
        Interrupts _ = Interrupts.watch()) {
      Optional<FlowRun> run = run(platform);
      if (run.isPresent()) {
        show(platform, run.get());
        return Main.OK;
      }
      Checked checked = platform.check();
      Asset asset = asset(checked.graph());
      if (limit != null) {
        refuseBroken(checked, asset);
        preview(platform, checked.graph(), asset, limit);
      } else if (json()) {
        console().out().println(Json.write(json(platform, asset)));
      } else {
        print(platform, asset);
      }
      return Main.OK;
    }
  }

  /** The run of that id, if it is one. A table's name has a dot, and a run's has none. */
  private Optional<FlowRun> run(Platform platform) {
    if (name.indexOf('.') >= 0) {
      return Optional.empty();
    }
    Optional<FlowRun> found = platform.store().flows().run(name);
    if (found.isPresent() && limit != null) {
      throw new UsageException(
          "--limit is for tables, and " + name + " is a run", "\"towpath show " + name + "\"");
    }
    if (found.isEmpty() && RUN.matcher(name).matches()) {
      throw new UsageException("there is no run \"" + name + "\"", "\"towpath runs\" lists them");
    }
    return found;
  }

  private void show(Platform platform, FlowRun run) {
    FlowRunText text =
        new FlowRunText(
            run,
            platform.store().tasks().tasks(run.id()),
            new Waits(
                run.environment(),
                platform.store(),
                flow -> platform.project().flow(flow).isPresent(),
                platform.clock().instant()));
    if (json()) {
      console().out().println(Json.write(text.json()));
    } else {
      text.print(console().out(), platform.clock().instant());
    }
  }

  private Asset asset(Graph graph) {
    Optional<Asset> found =
        name.indexOf('.') < 1 || name.endsWith(".")
            ? Optional.empty()
            : graph.asset(TableName.parse(name));
    return found.orElseThrow(() -> unknown(graph));
  }

  /**
   * What is wrong with the asset's file or those of what it reads, instead of what follows of it.
   */
  private static void refuseBroken(Checked checked, Asset asset) {
    Set<String> files = new HashSet<>();
    List<Asset> open = new ArrayList<>(List.of(asset));
    while (!open.isEmpty()) {
      Asset next = open.removeLast();
      if (files.add(next.file())) {
        next.reads().forEach(read -> checked.graph().asset(read).ifPresent(open::add));
      }
    }
    List<Problem> problems =
        checked.problems().stream()
            .filter(p -> p.isError() && files.contains(p.location().file()))
            .toList();
    if (!problems.isEmpty()) {
      throw new TowpathException(problems);
    }
  }

  private UsageException unknown(Graph graph) {
    String hint =
        Names.nearest(name, graph.assets().stream().map(a -> a.name().toString()).toList())
            .map(n -> "did you mean \"" + n + "\"?")
            .orElse("\"towpath ls\" lists all; \"towpath check\" says what is wrong with the rest");
    return new UsageException("unknown table \"" + name + "\"", hint);
  }

  private void preview(Platform platform, Graph graph, Asset asset, int rows) {
    String environment = platform.environment().name();
    MetadataStore store = platform.store();
    long head = store.head(environment).number();
    try (MetadataStore.Hold _ = store.read(environment, head);
        EngineSession session = platform.session(RunWork.logicalTime(platform))) {
      LakeView view = store.view(environment, head);
      Rows result = new Preview(platform, graph, view, session).rows(asset, rows);
      if (json()) {
        console().out().println(Json.write(Json.object("rows", Results.objects(result))));
      } else {
        TextTable.lines(result).forEach(console().out()::println);
        console().out().flush();
      }
    }
  }

  private void print(Platform platform, Asset asset) {
    PrintStream out = console().out();
    out.println(asset.name() + " (" + asset.kind() + ", " + asset.file() + ")");
    if (!asset.description().isEmpty()) {
      out.println("  " + asset.description().strip());
    }
    if (!asset.reads().isEmpty()) {
      out.println(
          "  reads " + String.join(", ", asset.reads().stream().map(TableName::toString).toList()));
    }
    out.println();
    columns(asset).forEach(out::println);
    String environment = platform.environment().name();
    if (!asset.checks().isEmpty()) {
      out.println();
      List<RunRecord.CheckResult> results = platform.store().checks(environment, asset.name());
      TextTable.lines(
              List.of("check", "last result", "bad rows"),
              List.of(false, false, true),
              asset.checks().stream().map(c -> checkLine(c, results)).toList())
          .forEach(out::println);
    }
    out.println();
    List<TableState> history = platform.store().history(environment, asset.name(), 10);
    if (history.isEmpty()) {
      out.println("not built in " + environment + " yet");
      return;
    }
    TextTable.lines(
            List.of("built", "rows", "bytes", "run", "state"),
            List.of(false, true, true, false, false),
            history.stream()
                .map(s ->
                    List.of(
                        s.logicalTime().truncatedTo(ChronoUnit.SECONDS).toString(),
                        s.rows() < 0 ? "" : Long.toString(s.rows()),
                        Long.toString(s.bytes()),
                        s.provenance().run(),
                        s.id()))
                .toList())
        .forEach(out::println);
  }

  private static List<String> columns(Asset asset) {
    List<Column> columns = asset.columns().columns();
    if (columns.stream().allMatch(c -> asset.description(c.name()).isEmpty())) {
      return TextTable.lines(
          List.of("column", "type"),
          List.of(false, false),
          columns.stream().map(c -> List.of(c.name(), c.type().sql())).toList());
    }
    return TextTable.lines(
        List.of("column", "type", "description"),
        List.of(false, false, false),
        columns.stream()
            .map(c -> List.of(c.name(), c.type().sql(), asset.description(c.name())))
            .toList());
  }

  private static List<String> checkLine(
      Asset.BoundCheck check, List<RunRecord.CheckResult> results) {
    List<String> line = new ArrayList<>(List.of(check.check().name()));
    results.stream()
        .filter(r -> r.check().equals(check.check().name()))
        .findFirst()
        .ifPresentOrElse(
            r -> {
              line.add(r.passed() ? "passed" : r.warn() ? "warned" : "failed");
              line.add(r.passed() ? "" : Long.toString(r.failures()));
            },
            () -> line.addAll(List.of("never ran", "")));
    return line;
  }

  private static Map<String, @Nullable Object> json(Platform platform, Asset asset) {
    String environment = platform.environment().name();
    return Json.object(
        "name",
        asset.name().toString(),
        "kind",
        asset.kind(),
        "file",
        asset.file(),
        "description",
        asset.description(),
        "reads",
        asset.reads().stream().map(TableName::toString).toList(),
        "columns",
        asset.columns().columns().stream().map(c -> json(asset, c)).toList(),
        "checks",
        asset.checks().stream().map(c -> c.check().name()).toList(),
        "history",
        platform.store().history(environment, asset.name(), 50).stream()
            .map(s ->
                Json.object(
                    "state",
                    s.id(),
                    "built",
                    s.logicalTime().toString(),
                    "rows",
                    s.rows() < 0 ? null : s.rows(),
                    "bytes",
                    s.bytes(),
                    "run",
                    s.provenance().run(),
                    "commit",
                    s.provenance().commit().orElse(null)))
            .toList());
  }

  private static Map<String, @Nullable Object> json(Asset asset, Column column) {
    return Json.object(
        "name",
        column.name(),
        "type",
        column.type().sql(),
        "description",
        asset.description(column.name()));
  }
}
