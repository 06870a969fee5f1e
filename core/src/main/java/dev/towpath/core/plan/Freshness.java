package dev.towpath.core.plan;

import dev.towpath.core.project.Project;
import dev.towpath.core.project.Source;
import dev.towpath.core.store.LakeView;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.Problem;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tells which tables of sources have had nothing new for longer than {@code freshness:} allows. A
 * table's news is as old as the run that first saw its present rows; reading the same rows again
 * makes nothing fresh.
 */
public final class Freshness {
  private Freshness() {}

  /** A warning for each table that is late, at its source. */
  public static List<Problem> late(
      Project project, MetadataStore store, LakeView head, Instant now) {
    List<Problem> late = new ArrayList<>();
    for (Source source : project.sources()) {
      for (Source.Table table : source.tables()) {
        Optional<Duration> allowed = source.freshness();
        Optional<TableState> state = head.table(table.declaration().name());
        if (allowed.isPresent() && state.isPresent()) {
          Instant news = news(store, state.get());
          if (news.plus(allowed.get()).isBefore(now)) {
            late.add(
                Problem.warning(
                    table.declaration().location(),
                    table.declaration().name()
                        + " has had nothing new since "
                        + news.truncatedTo(ChronoUnit.SECONDS),
                    "its source says freshness: "
                        + words(allowed.get())
                        + "; is the system that it reads still fed?"));
          }
        }
      }
    }
    return late;
  }

  private static Instant news(MetadataStore store, TableState state) {
    return store.state(state.version()).orElse(state).logicalTime();
  }

  private static String words(Duration duration) {
    long seconds = duration.toSeconds();
    long[] units = {604_800, 86_400, 3_600, 60};
    for (int i = 0; i < units.length; i++) {
      if (seconds % units[i] == 0) {
        return seconds / units[i] + "wdhm".substring(i, i + 1);
      }
    }
    return seconds + "s";
  }
}
