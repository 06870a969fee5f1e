package dev.towpath.cli;

import dev.towpath.core.project.Project;
import dev.towpath.core.store.LakeView;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.server.Refusal;
import dev.towpath.server.Site;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A query that came by HTTP: what {@code towpath query} does, into memory or a temporary file. */
final class ServedQuery {
  private final Options options;
  private final Project project;
  private final MetadataStore store;
  private final String environment;

  ServedQuery(Options options, Project project, MetadataStore store, String environment) {
    this.options = options;
    this.project = project;
    this.store = store;
    this.environment = environment;
  }

  /**
   * Runs it.
   *
   * @param folder where the file of a result goes
   */
  Site.Result run(Site.Question question, Path folder) {
    QueryText query = new QueryText("query", question.sql());
    long number = question.release().orElseGet(() -> store.head(environment).number());
    try (Platform platform = new Platform(options, project);
        MetadataStore.Hold _ = store.read(environment, number);
        EngineSession session = platform.session(RunWork.logicalTime(platform))) {
      LakeView view = store.view(environment, number);
      QueryParameters given = new QueryParameters(question.parameters(), project.vars());
      QueryText.Found found = query.look(view, project.macros(), given.types());
      new Reading(platform, view, session).expose(found.reads()::contains);
      Statement statement =
          new Statement(query.sql(), given.values(query, found.parameters(), session));
      return answer(question, session, statement, number, folder);
    } catch (SqlException e) {
      throw query.located(e);
    } catch (UsageException e) {
      throw Refusal.of(400, String.valueOf(e.getMessage()), e.hint().orElse(null));
    }
  }

  private static Site.Result answer(
      Site.Question question, EngineSession session, Statement query, long number, Path folder) {
    if (question.form() != Site.Form.JSON) {
      Path target = folder(folder).resolve("result-" + UUID.randomUUID());
      if (question.form() == Site.Form.ARROW) {
        session.arrow(query, target, Monitor.NONE);
      } else {
        session.export(
            query, FileScan.Format.valueOf(question.form().name()), target, Monitor.NONE);
      }
      return new Site.Result(List.of(), List.of(), false, number, Optional.of(target));
    }
    int limit = question.limit().orElseThrow();
    Rows rows = session.query(query, limit + 1);
    boolean more = rows.rows().size() > limit;
    List<Map<String, @Nullable Object>> columns =
        rows.schema().columns().stream()
            .map(c -> Json.object("name", c.name(), "type", c.type().sql()))
            .toList();
    return new Site.Result(
        columns,
        more ? rows.rows().subList(0, limit) : rows.rows(),
        more,
        number,
        Optional.empty());
  }

  private static Path folder(Path folder) {
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new TowpathException(
          "the result cannot be written: " + e.getMessage(), "make room on the disk", e);
    }
  }
}
