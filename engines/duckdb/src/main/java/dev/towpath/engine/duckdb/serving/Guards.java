package dev.towpath.engine.duckdb.serving;

import java.util.List;

/**
 * Macros that hide functions which make large values of small ones. The values of a vector are not
 * counted against the engine's memory limit, and no cancel is heard while one is filled: two
 * thousand texts of a gigabyte would take the whole machine down first.
 */
final class Guards {
  /** Bytes of one value; a vector has 2,048 of them. */
  private static final int MOST = 200_000;

  private Guards() {}

  static List<String> macros() {
    return List.of(
        guard("repeat", "value, times", "strlen(value::VARCHAR) * greatest(times, 0)"),
        guard("lpad", "value, size, fill", "size"),
        guard("rpad", "value, size, fill", "size"),
        guard("list_resize", "value, size", "8 * size"),
        guard("array_resize", "value, size", "8 * size"),
        guard(
            "replace",
            "value, old, new",
            "strlen(value) * greatest(strlen(new), 1) / greatest(strlen(old), 1)"));
  }

  private static String guard(String function, String parameters, String bytes) {
    return "CREATE MACRO "
        + function
        + "("
        + parameters
        + ") AS CASE WHEN "
        + bytes
        + " > "
        + MOST
        + " THEN error('"
        + function
        + "() would make a value of more than "
        + MOST
        + " bytes') ELSE system.main."
        + function
        + "("
        + parameters
        + ") END";
  }
}
