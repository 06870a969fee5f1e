package dev.towpath.core.run;

import dev.towpath.core.check.Contacts;
import dev.towpath.core.graph.Graph;
import dev.towpath.core.lineage.Lineages;
import dev.towpath.core.plan.Windows;
import dev.towpath.core.project.Project;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.core.store.Publication;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.EngineSession;
import dev.towpath.spi.Lake;
import dev.towpath.spi.Shared;
import java.time.Clock;
import java.util.Optional;

/**
 * What every task of a run works with.
 *
 * @param lineages tell which columns of its inputs a model reads
 * @param python builds Python models; starts nothing until it is asked to
 * @param shared what readings of sources have in common; its maker closes it after the run
 * @param parallelism tasks that may use the engine at a time
 * @param provenance goes into every state that the run makes
 * @param owner the task of a flow's run that it is the work of
 */
public record RunContext(
    Project project,
    Graph graph,
    Lineages lineages,
    Contacts contacts,
    EngineSession session,
    PythonModels python,
    Shared shared,
    Lake lake,
    MetadataStore store,
    Windows windows,
    States states,
    TableState.Provenance provenance,
    int parallelism,
    Clock clock,
    RunListener listener,
    Optional<Publication.Owner> owner) {}
