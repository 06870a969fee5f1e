package dev.towpath.cli;

import dev.towpath.core.graph.Asset;
import dev.towpath.core.graph.Graph;
import dev.towpath.core.interval.Interval;
import dev.towpath.core.project.Model;
import dev.towpath.core.run.FirstBuild;
import dev.towpath.core.run.Parameters;
import dev.towpath.core.run.PythonModels;
import dev.towpath.core.store.LakeView;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.EngineSession;
import dev.towpath.spi.Relation;
import dev.towpath.spi.Rows;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.HashSet;
import java.util.Set;

/**
 * A model's rows as its file stands now. Models that it reads and whose files differ from what is
 * published are expanded as views; everything else is read from the release.
 */
final class Preview {
  private final Platform platform;
  private final Graph graph;
  private final LakeView view;
  private final EngineSession session;
  private final Reading reading;
  private final PythonModels python;
  private final Set<TableName> done = new HashSet<>();

  Preview(Platform platform, Graph graph, LakeView view, EngineSession session) {
    this.platform = platform;
    this.graph = graph;
    this.view = view;
    this.session = session;
    this.reading = new Reading(platform, view, session);
    this.python = platform.pythonTries(graph, session, RunWork.logicalTime(platform), "preview");
  }

  Rows rows(Asset asset, int limit) {
    expose(asset);
    return session.query(Statement.of("SELECT * FROM " + asset.name().quoted()), limit);
  }

  private void expose(Asset asset) {
    if (!done.add(asset.name())) {
      return;
    }
    boolean published =
        view.table(asset.name())
            .map(TableState::fingerprint)
            .filter(f -> f.equals(asset.fingerprint()))
            .isPresent();
    if (asset.definition() instanceof Asset.FromModel model && !published) {
      asset.reads().forEach(read -> expose(graph.get(read)));
      session.expose(
          asset.name(),
          new Relation.View(
              FirstBuild.sql(
                  model,
                  model.isPython()
                      ? python.keep(asset, model, bounds(model), work(asset))
                      : Parameters.inline(
                          model.model().text(),
                          Parameters.forAllTime(model, platform.project().vars())))));
    } else if (view.table(asset.name()).isPresent()) {
      reading.expose(name -> name.equals(asset.name()));
    } else {
      throw new TowpathException(asset.name() + " is not built yet", "towpath run " + asset.name());
    }
  }

  /** From the first moment of the data until now; nothing, where the file says of none. */
  private PythonModels.Bounds bounds(Asset.FromModel model) {
    Instant now = RunWork.logicalTime(platform);
    return PythonModels.bounds(
        model,
        model
            .model()
            .time()
            .flatMap(Model.Time::start)
            .map(ZonedDateTime::toInstant)
            .filter(start -> start.isBefore(now))
            .map(start -> new Interval(start, now)));
  }

  /** A name that no project can have. */
  private static TableName work(Asset asset) {
    return new TableName("towpath_preview", asset.name().toString());
  }
}
