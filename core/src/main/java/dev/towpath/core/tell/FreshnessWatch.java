package dev.towpath.core.tell;

import dev.towpath.core.plan.Freshness;
import dev.towpath.core.project.Flow;
import dev.towpath.core.project.Project;
import dev.towpath.core.store.MetadataStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/**
 * Owes word of tables of sources that are late to whom the project tells of that: once each, until
 * there is something new, whichever process looks and however often it is started.
 */
public final class FreshnessWatch {
  private final String environment;
  private final MetadataStore store;
  private final InstantSource clock;

  /** A watch over one environment. */
  public FreshnessWatch(String environment, MetadataStore store, InstantSource clock) {
    this.environment = environment;
    this.store = store;
    this.clock = clock;
  }

  /**
   * Looks once.
   *
   * @return how many messages are newly owed
   */
  public int look(Project project) {
    List<Flow.Notice> notices =
        project.telling().notices().stream()
            .filter(n -> n.on().contains(Flow.Event.FRESHNESS))
            .toList();
    if (notices.isEmpty() || project.sources().stream().allMatch(s -> s.freshness().isEmpty())) {
      return 0;
    }
    Instant now = clock.instant();
    long head = store.head(environment).number();
    int owed = 0;
    for (Freshness.Late late :
        Freshness.tables(project, store, store.view(environment, head), now)) {
      Map<String, String> payload =
          Map.of(
              "event", "freshness",
              "environment", environment,
              "table", late.table().toString(),
              "since", late.news().toString(),
              "message", late.message(),
              "place", late.location().toString(),
              "hint", late.hint());
      String key = "freshness " + late.table().identity() + " " + late.news();
      for (Flow.Notice notice : notices) {
        owed += store.outbox().owe(environment, key, notice, payload, now) ? 1 : 0;
      }
    }
    return owed;
  }
}
