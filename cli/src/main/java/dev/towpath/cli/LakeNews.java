package dev.towpath.cli;

import dev.towpath.core.store.MetadataStore;
import dev.towpath.core.store.Release;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.TableName;
import dev.towpath.task.sensor.TableNews;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What an environment's releases say of its tables. */
final class LakeNews implements TableNews {
  /** Releases that are looked at; a table that is in none from before is new. */
  private static final int LOOKED_AT = 1_000;

  private final Supplier<Platform> platform;

  LakeNews(Supplier<Platform> platform) {
    this.platform = platform;
  }

  @Override
  public News since(String table, Instant moment) {
    MetadataStore store = platform.get().store();
    String environment = platform.get().environment().name();
    List<Release> releases = store.releases(environment, LOOKED_AT);
    Optional<String> now =
        releases.isEmpty() ? Optional.empty() : version(releases.getFirst(), table);
    if (now.isEmpty()) {
      return News.NONE;
    }
    Optional<Release> before =
        releases.stream().filter(r -> r.published().isBefore(moment)).findFirst();
    return before.flatMap(r -> version(r, table)).equals(now) ? News.SAME : News.NEW;
  }

  private Optional<String> version(Release release, String table) {
    return platform
        .get()
        .store()
        .view(release.environment(), release.number())
        .table(TableName.parse(table))
        .map(TableState::version);
  }

  @Override
  public boolean exists(String table) {
    MetadataStore store = platform.get().store();
    String environment = platform.get().environment().name();
    return store
        .view(environment, store.head(environment).number())
        .table(TableName.parse(table))
        .isPresent();
  }
}
