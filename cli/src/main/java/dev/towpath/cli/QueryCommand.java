package dev.towpath.cli;

import dev.towpath.core.query.Gate;
import dev.towpath.core.query.QueryText;
import dev.towpath.core.store.LakeView;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.core.store.Release;
import dev.towpath.spi.EngineSession;
import dev.towpath.spi.FileScan;
import dev.towpath.spi.Monitor;
import dev.towpath.spi.Rows;
import dev.towpath.spi.SqlException;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "query", description = "Runs a SELECT over the current or an older release.")
final class QueryCommand extends BaseCommand {
  /** How a result is written. */
  enum Format {
    TABLE,
    CSV,
    JSON,
    PARQUET
  }

  @Parameters(paramLabel = "SQL", description = "The query, or @FILE to read it from a file.")
  private String sql = "";

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "table, csv, json or parquet (default: table, json with --json).")
  private @Nullable Format format;

  @Option(
      names = "--param",
      paramLabel = "NAME[:TYPE]=VALUE",
      description =
          "A value for $NAME in the query; its type is the one that the query uses it as, or TYPE. May"
              + " be given several times. @FILE is a JSON object of them.")
  private List<String> parameters = new ArrayList<>();

  @Option(names = "--null", paramLabel = "NAME", description = "NULL for $NAME in the query.")
  private List<String> nulls = new ArrayList<>();

  @Option(names = "--release", paramLabel = "N", description = "Read this release, not the newest.")
  private @Nullable Long release;

  @Option(names = "--output", paramLabel = "FILE", description = "Write here, not to the terminal.")
  private @Nullable Path output;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Rows of a table on the terminal (default: ${DEFAULT-VALUE}).",
      defaultValue = "100")
  private int limit;

  @Override
  public Integer call() {
    Format wanted = format();
    QueryText query = text();
    WrongUsage.positive("--limit", limit);
    try (Platform platform = platform();
        Interrupts _ = Interrupts.watch()) {
      QueryParameters given = new QueryParameters(parameters, nulls, platform.project().vars());
      MetadataStore store = platform.store();
      String environment = platform.environment().name();
      long number =
          release == null ? store.head(environment).number() : Release.named(environment, release);
      try (MetadataStore.Hold _ = store.read(environment, number);
          EngineSession session = platform.session(RunWork.logicalTime(platform))) {
        LakeView view = store.view(environment, number);
        Gate.Found found = platform.look(view, query, given.types());
        new Reading(platform, view, session).expose(found.reads()::contains);
        answer(
            session,
            query,
            new Statement(query.sql(), given.values(query, found.parameters(), session)),
            wanted);
      }
      return Main.OK;
    }
  }

  private Format format() {
    Format wanted = format == null ? (json() ? Format.JSON : Format.TABLE) : format;
    if (wanted == Format.PARQUET && output == null) {
      throw new UsageException("parquet goes to a file", "add --output FILE");
    }
    if (wanted == Format.TABLE && output != null) {
      throw new UsageException("a table goes to the terminal", "add --format csv, json or parquet");
    }
    return wanted;
  }

  private QueryText text() {
    if (!sql.startsWith("@")) {
      return new QueryText("query", sql);
    }
    try {
      return new QueryText(sql.substring(1), Files.readString(Path.of(sql.substring(1))));
    } catch (IOException e) {
      throw new TowpathException("cannot read " + sql.substring(1), "check the path after @", e);
    }
  }

  private void answer(EngineSession session, QueryText query, Statement statement, Format wanted) {
    try {
      if (wanted == Format.TABLE) {
        Rows rows = session.query(statement, limit + 1);
        boolean more = rows.rows().size() > limit;
        Rows shown = more ? new Rows(rows.schema(), rows.rows().subList(0, limit)) : rows;
        TextTable.lines(shown).forEach(console().out()::println);
        console().out().flush();
        console()
            .err()
            .println(
                more
                    ? "the first " + Console.count(limit, "row") + "; --limit shows more"
                    : Console.count(rows.rows().size(), "row"));
      } else {
        export(session, statement, wanted);
      }
    } catch (SqlException e) {
      throw query.located(e);
    }
  }

  private static List<Object> columns(EngineSession session, Statement query) {
    Statement none =
        new Statement("SELECT * FROM (" + query.sql() + "\n) LIMIT 0", query.parameters());
    return session.query(none, 1).schema().columns().stream()
        .<Object>map(c -> Json.object("name", c.name(), "type", c.type().sql()))
        .toList();
  }

  private void export(EngineSession session, Statement query, Format wanted) {
    FileScan.Format file = FileScan.Format.valueOf(wanted.name().toUpperCase(Locale.ROOT));
    if (output != null) {
      session.export(query, file, output.toAbsolutePath(), Monitor.NONE);
      return;
    }
    boolean document = json() && format == null;
    String start =
        document ? "{\"columns\":" + Json.write(columns(session, query)) + ",\"rows\":" : "";
    try {
      Path temp = Files.createTempDirectory("towpath");
      try {
        Path target = temp.resolve("result");
        session.export(query, file, target, Monitor.NONE);
        console().out().print(start);
        Files.copy(target, console().out());
        console().out().print(document ? "}\n" : "");
        console().out().flush();
      } finally {
        Files.deleteIfExists(temp.resolve("result"));
        Files.deleteIfExists(temp);
      }
    } catch (IOException e) {
      throw new TowpathException("cannot write the result: " + e.getMessage(), null, e);
    }
  }
}
