package dev.towpath.task.process;

import java.util.Map;

/** What a child process would inherit of a server's own, and nobody meant for it. */
public final class Inherited {
  private static final String ALLOCATOR = "DUCKDB_JE_MALLOC_CONF";

  /** As the launcher sets it for a server; what a person has set is theirs. */
  private static final String OF_THE_LAUNCHER = "retain:false";

  private Inherited() {}

  /** Takes it out. */
  public static void clean(Map<String, String> environment) {
    environment.remove(ALLOCATOR, OF_THE_LAUNCHER);
  }
}
