package dev.towpath.core.query;

import dev.towpath.spi.Problem;
import dev.towpath.spi.TowpathException;
import java.util.List;

/** A query names tables that there are not, or not for who asks: it does not say which of both. */
public final class UnknownTables extends TowpathException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> names;

  UnknownTables(List<String> names, List<Problem> problems) {
    super(problems);
    this.names = List.copyOf(names);
  }

  /** The tables, as the query names them. */
  public List<String> names() {
    return names;
  }
}
