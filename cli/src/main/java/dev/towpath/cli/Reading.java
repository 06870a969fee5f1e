package dev.towpath.cli;

import dev.towpath.core.check.Macros;
import dev.towpath.core.store.LakeView;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.EngineSession;
import dev.towpath.spi.Relation;
import dev.towpath.spi.TableName;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Predicate;

/** Makes the tables of a release readable in a session, only those that a query may name. */
final class Reading {
  private final Platform platform;
  private final LakeView view;
  private final EngineSession session;
  private final Set<TableName> exposed = new LinkedHashSet<>();

  Reading(Platform platform, LakeView view, EngineSession session) {
    this.platform = platform;
    this.view = view;
    this.session = session;
    platform.project().macros().stream()
        .flatMap(m -> Macros.statements(m).stream())
        .forEach(session::macro);
  }

  /** Exposes the tables that are wanted. */
  void expose(Predicate<TableName> wanted) {
    view.tables().keySet().stream().filter(wanted).sorted().forEach(this::expose);
  }

  private void expose(TableName name) {
    if (view.table(name).isEmpty() || !exposed.add(name)) {
      return;
    }
    TableState state = view.table(name).get();
    if (state.metadataFile().isPresent()) {
      session.expose(name, new Relation.Lake(platform.lake().files(state.metadataFile().get())));
    } else {
      state.inputs().keySet().forEach(this::expose);
      session.expose(name, new Relation.View(state.definition()));
    }
  }
}
