package dev.towpath.cli;

import dev.towpath.core.check.Checked;
import dev.towpath.core.project.Export;
import dev.towpath.core.run.Delivery;
import dev.towpath.core.run.Exporter;
import dev.towpath.core.store.LakeView;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.core.store.Release;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.EngineSession;
import dev.towpath.spi.ExportTarget;
import dev.towpath.spi.HiddenColumns;
import dev.towpath.spi.Location;
import dev.towpath.spi.Names;
import dev.towpath.spi.Schema;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "export",
    description =
        "Writes a published table to a file or into a database, or a dashboard to a file. Without a"
            + " name, delivers what exports: in models' headers are owed still.")
final class ExportCommand extends BaseCommand {
  @Parameters(
      paramLabel = "TABLE|DASHBOARD",
      arity = "0..1",
      description = "The table, such as marts.daily; a name without a dot is a dashboard's.")
  private @Nullable String table;

  @Option(
      names = "--to",
      paramLabel = "FILE|URL",
      description =
          "A file by its ending (.csv, .json, .ndjson, .parquet), relative to the project, or a"
              + " database's URL. $${NAME} stands for an environment variable or one in .env.")
  private @Nullable String to;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      defaultValue = "replace",
      description = "replace, append or upsert (default: ${DEFAULT-VALUE}).")
  private ExportTarget.Mode mode = ExportTarget.Mode.REPLACE;

  @Option(
      names = "--key",
      paramLabel = "COLUMN",
      split = ",",
      description = "Of an upsert: the columns that tell rows apart.")
  private List<String> key = List.of();

  @Option(
      names = "--table",
      paramLabel = "NAME",
      description = "Of a database: the table there (default: the same name).")
  private @Nullable String there;

  @Option(
      names = "--release",
      paramLabel = "N",
      description = "Write this release, not the newest.")
  private @Nullable Long release;

  @Mixin private PageOptions page = new PageOptions();

  @Override
  public Integer call() {
    boolean dashboard = table != null && table.indexOf('.') < 0;
    if (!dashboard && page.isGiven()) {
      throw new UsageException(
          "--format, --filter, --block and --output are for dashboards",
          table == null
              ? "name one, such as towpath export overview --format pdf"
              : "a table is written by --to FILE");
    }
    if (dashboard && to != null) {
      throw new UsageException(
          "\"" + table + "\" is no table, which has a dot, and --to is for tables",
          "a dashboard is written by --output FILE");
    }
    try (Platform platform = platform();
        Interrupts _ = Interrupts.watch()) {
      if (dashboard) {
        return page.export(platform, Objects.requireNonNull(table), release, json(), console());
      }
      return table == null ? owed(platform) : one(platform, TableName.parse(table));
    }
  }

  private int owed(Platform platform) {
    if (to != null) {
      throw new UsageException("--to needs a table", "towpath export marts.daily --to FILE");
    }
    Checked checked = platform.check().orThrow();
    Exports exports = new Exports(platform, checked, console());
    List<Exporter.Outcome> outcomes = exports.deliver();
    if (json()) {
      console()
          .out()
          .println(
              Json.write(Json.object("exports", outcomes.stream().map(Exports::json).toList())));
    } else if (outcomes.isEmpty()) {
      console().out().println("nothing is owed to any export");
    } else {
      exports.print(outcomes);
    }
    return Exports.problems(outcomes).isEmpty() ? Main.OK : Main.FAILED;
  }

  private int one(Platform platform, TableName name) {
    if (to == null) {
      throw new UsageException("where to?", "add --to and a file or URL");
    }
    if (mode == ExportTarget.Mode.UPSERT && key.isEmpty()) {
      throw new UsageException("an upsert needs a key", "add --key and the columns");
    }
    Export export =
        new Export(to, Optional.ofNullable(there), mode, key, List.of(), Location.of("--to"));
    MetadataStore store = platform.store();
    String environment = platform.environment().name();
    long number =
        release == null ? store.head(environment).number() : Release.named(environment, release);
    try (MetadataStore.Hold _ = store.read(environment, number);
        EngineSession session = platform.session(RunWork.logicalTime(platform))) {
      LakeView view = store.view(environment, number);
      TableState state = view.table(name).orElseThrow(() -> unknown(name, view));
      new Reading(platform, view, session).expose(name::equals);
      Schema columns = HiddenColumns.visible(state.fields());
      for (String column : key) {
        if (columns.column(column).isEmpty()) {
          throw new TowpathException(
              "the key is column \"" + column + "\", which " + name + " has not",
              Names.nearest(column, columns.names())
                  .map(n -> "did you mean \"" + n + "\"?")
                  .orElse("it has " + String.join(", ", columns.names())));
        }
      }
      String resolved = platform.project().variables().resolve(to);
      long rows;
      try {
        rows =
            platform
                .delivery()
                .deliver(
                    session,
                    new Delivery.Rows(name, name, columns, Optional.empty()),
                    export,
                    resolved);
      } catch (TowpathException e) {
        throw new TowpathException(
            platform.project().variables().redacted(String.valueOf(e.getMessage())),
            e.hint().map(platform.project().variables()::redacted).orElse(null),
            e);
      }
      if (json()) {
        console()
            .out()
            .println(
                Json.write(
                    Json.object(
                        "table",
                        name.toString(),
                        "to",
                        export.place(),
                        "release",
                        number,
                        "rows",
                        rows)));
      } else {
        console()
            .out()
            .println(
                "exported "
                    + name
                    + " of release "
                    + number
                    + " to "
                    + export.place()
                    + ": "
                    + Console.count(rows, "row"));
      }
      return Main.OK;
    }
  }

  private static TowpathException unknown(TableName name, LakeView view) {
    List<String> names = view.tables().keySet().stream().map(TableName::toString).toList();
    return new TowpathException(
        "release " + view.release().number() + " has no table " + name,
        Names.nearest(name.toString(), names)
            .map(n -> "did you mean \"" + n + "\"?")
            .orElse("\"towpath ls\" lists the project's tables; a run publishes them"));
  }
}
