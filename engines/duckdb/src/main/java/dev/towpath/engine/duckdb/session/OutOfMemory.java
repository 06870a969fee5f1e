package dev.towpath.engine.duckdb.session;

import dev.towpath.spi.TowpathException;

/** The engine had no memory left, for this or since something else had it. */
public final class OutOfMemory extends TowpathException {
  private static final long serialVersionUID = 1L;

  /** Because of what DuckDB said. */
  public OutOfMemory(Throwable cause) {
    super("the engine ran out of memory", "give it more memory, or fewer threads", cause);
  }
}
