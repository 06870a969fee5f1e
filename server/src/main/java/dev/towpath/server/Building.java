package dev.towpath.server;

import dev.towpath.core.graph.Asset;
import dev.towpath.core.run.RunListener;
import dev.towpath.core.run.TaskOutcome;
import dev.towpath.spi.TableName;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/** The tables that this process builds right now, for those who watch. Thread-safe. */
public final class Building implements RunListener {
  /** An event's type. */
  static final String CHANGED = "tables.changed";

  private final Map<TableName, Progress> tables = new ConcurrentSkipListMap<>();
  private final AtomicLong changes = new AtomicLong();
  private long told; // by the one thread that looks

  /**
   * How far a table is.
   *
   * @param fraction from 0 to 1, or negative while it is unknown
   * @param rows that it has by now
   */
  record Progress(double fraction, long rows) {}

  @Override
  public void started(Asset asset) {
    tables.put(asset.name(), new Progress(-1, 0));
    changes.incrementAndGet();
  }

  @Override
  public void progress(TableName table, double fraction, long rows) {
    tables.computeIfPresent(table, (_, _) -> new Progress(fraction, rows));
    changes.incrementAndGet();
  }

  @Override
  public void finished(TaskOutcome outcome) {
    tables.remove(outcome.asset().name());
    changes.incrementAndGet();
  }

  boolean contains(TableName table) {
    return tables.containsKey(table);
  }

  /** Tells, as an event, when it is not what it was at the last look. */
  void look(BiConsumer<String, String> tell) {
    long now = changes.get();
    if (now != told) {
      told = now;
      List<?> all =
          tables.entrySet().stream()
              .map(e ->
                  Json.object(
                      "table",
                      e.getKey().toString(),
                      "fraction",
                      e.getValue().fraction() < 0 ? null : e.getValue().fraction(),
                      "rows",
                      e.getValue().rows()))
              .toList();
      tell.accept(CHANGED, Json.write(Json.object("building", all)));
    }
  }
}
