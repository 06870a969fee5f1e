package dev.towpath.server;

import java.util.function.BiConsumer;

/** Tells when an edit of the project's files comes into force, or cannot. Used by one thread. */
final class Edits {
  private final Site site;
  private Site.Current before;

  Edits(Site site) {
    this.site = site;
    this.before = site.current();
  }

  /** Looks; tells the type of the event and its data. */
  void look(BiConsumer<String, String> tell) {
    Site.Current now = site.current();
    if (!now.since().equals(before.since()) || !now.problems().equals(before.problems())) {
      before = now;
      tell.accept(
          "project.changed",
          Json.write(
              Json.object(
                  "current",
                  now.problems().isEmpty(),
                  "since",
                  now.since().toString(),
                  "problems",
                  now.problems().stream().map(Shapes::problem).toList())));
    }
  }
}
