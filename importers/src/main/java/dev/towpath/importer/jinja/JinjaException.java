package dev.towpath.importer.jinja;

import dev.towpath.spi.Location;
import dev.towpath.spi.Problem;
import dev.towpath.spi.TowpathException;
import java.util.List;

/** A template that cannot be parsed or rendered, and where. */
public final class JinjaException extends TowpathException {
  private static final long serialVersionUID = 1L;

  private final transient Location location;
  private final String what;

  /** A failure at a place. */
  public JinjaException(Location location, String what, String hint) {
    super(List.of(Problem.error(location, what, hint)));
    this.location = location;
    this.what = what;
  }

  /** Where it went wrong. */
  public Location location() {
    return location;
  }

  /** What went wrong, without the place. */
  public String what() {
    return what;
  }

  /** What to do. */
  public String todo() {
    return problems().getFirst().hint().orElse("");
  }

  /** The same, told at the place that called the macro it happened in. */
  JinjaException calledFrom(Location caller) {
    if (caller.file().equals(location.file())) {
      return this;
    }
    String inner = what.contains(" (in ") ? what : what + " (in " + location + ")";
    return new JinjaException(caller, inner, todo());
  }
}
