package dev.towpath.core.plan;

import dev.towpath.core.project.Project;
import dev.towpath.core.project.Source;
import dev.towpath.core.store.LakeView;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.Location;
import dev.towpath.spi.Problem;
import dev.towpath.spi.TableName;
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

  /**
   * A table that is late.
   *
   * @param news when its present rows were first seen
   * @param allowed how old they may become
   */
  public record Late(TableName table, Location location, Instant news, Duration allowed) {
    /** What is wrong, in one line. */
    public String message() {
      return table + " has had nothing new since " + news.truncatedTo(ChronoUnit.SECONDS);
    }

    /** What to look at. */
    public String hint() {
      return "its source says freshness: "
          + words(allowed)
          + "; is the system that it reads still fed?";
    }
  }

  /** A warning for each table that is late, at its source. */
  public static List<Problem> late(
      Project project, MetadataStore store, LakeView head, Instant now) {
    return tables(project, store, head, now).stream()
        .map(late -> Problem.warning(late.location(), late.message(), late.hint()))
        .toList();
  }

  /** The tables that are late. */
  public static List<Late> tables(
      Project project, MetadataStore store, LakeView head, Instant now) {
    List<Late> late = new ArrayList<>();
    for (Source source : project.sources()) {
      for (Source.Table table : source.tables()) {
        Optional<Duration> allowed = source.freshness();
        Optional<TableState> state = head.table(table.declaration().name());
        if (allowed.isPresent() && state.isPresent()) {
          Instant news = news(store, state.get());
          if (news.plus(allowed.get()).isBefore(now)) {
            late.add(
                new Late(
                    table.declaration().name(),
                    table.declaration().location(),
                    news,
                    allowed.get()));
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
