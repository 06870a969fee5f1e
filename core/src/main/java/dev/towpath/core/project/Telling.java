package dev.towpath.core.project;

import dev.towpath.spi.MailServer;
import java.util.List;
import java.util.Optional;

/**
 * How people are told what happened.
 *
 * @param mail what e-mail goes through; {@code ${NAME}}s in it are not resolved yet
 * @param notices who is told of sources that are late, and of flows that do not say themselves
 */
public record Telling(Optional<MailServer> mail, List<Flow.Notice> notices) {
  /** Nobody is told. */
  static final Telling NONE = new Telling(Optional.empty(), List.of());

  public Telling {
    notices = List.copyOf(notices);
  }
}
