package dev.towpath.cli;

import dev.towpath.spi.TableName;
import dev.towpath.task.sensor.TableNews;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/** What an environment's releases say of its tables. */
final class LakeNews implements TableNews {
  private final Supplier<Platform> platform;

  LakeNews(Supplier<Platform> platform) {
    this.platform = platform;
  }

  @Override
  public News since(String table, Instant moment) {
    Optional<Instant> since = since(table);
    if (since.isEmpty()) {
      return News.NONE;
    }
    return since.get().isBefore(moment) ? News.SAME : News.NEW;
  }

  @Override
  public boolean exists(String table) {
    return since(table).isPresent();
  }

  private Optional<Instant> since(String table) {
    Platform own = platform.get();
    return own.store().since(own.environment().name(), TableName.parse(table));
  }
}
