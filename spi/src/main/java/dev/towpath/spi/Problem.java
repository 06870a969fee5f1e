package dev.towpath.spi;

import java.util.Optional;

/**
 * Something wrong in a project or its data, told to a person.
 *
 * @param location where; the place a person would edit
 * @param message what is wrong, one line, starting in lower case, naming things in double quotes
 * @param hint what to do, one line; empty when the message says it all
 */
public record Problem(Severity severity, Location location, String message, Optional<String> hint)
    implements Comparable<Problem> {

  /** How bad a problem is. Only errors stop a command. */
  public enum Severity {
    ERROR,
    WARNING
  }

  /** An error without a hint. */
  public static Problem error(Location location, String message) {
    return new Problem(Severity.ERROR, location, message, Optional.empty());
  }

  /** An error with a hint. */
  public static Problem error(Location location, String message, String hint) {
    return new Problem(Severity.ERROR, location, message, Optional.of(hint));
  }

  /** A warning with a hint. */
  public static Problem warning(Location location, String message, String hint) {
    return new Problem(Severity.WARNING, location, message, Optional.of(hint));
  }

  /** Whether this stops a command. */
  public boolean isError() {
    return severity == Severity.ERROR;
  }

  @Override
  public int compareTo(Problem other) {
    int byPlace = location.compareTo(other.location);
    return byPlace != 0 ? byPlace : message.compareTo(other.message);
  }

  /** The two lines that a terminal shows. */
  @Override
  public String toString() {
    String head = location + ": " + (isError() ? "" : "warning: ") + message;
    return hint.map(h -> head + "\n  hint: " + h).orElse(head);
  }
}
