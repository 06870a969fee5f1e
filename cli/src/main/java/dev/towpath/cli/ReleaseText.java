package dev.towpath.cli;

import dev.towpath.core.store.Release;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A release for people and for scripts. */
final class ReleaseText {
  private ReleaseText() {}

  static String kind(Release release) {
    return release.kind().name().toLowerCase(Locale.ROOT);
  }

  static Map<String, @Nullable Object> json(Release release) {
    return Json.object(
        "release",
        release.number(),
        "environment",
        release.environment(),
        "kind",
        kind(release),
        "effective",
        release.effective(),
        "published",
        release.number() == 0 ? null : release.published().toString(),
        "tables",
        release.tables(),
        "changed",
        release.changed(),
        "run",
        release.run().orElse(null),
        "note",
        release.note());
  }
}
