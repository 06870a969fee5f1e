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
        guard("repeat", "value, times", "times", "strlen(value::VARCHAR) * greatest(times, 0)"),
        guard("lpad", "value, size, fill", "size", "size"),
        guard("rpad", "value, size, fill", "size", "size"),
        guard("list_resize", "value, size", "size", "8 * size"),
        guard("array_resize", "value, size", "size", "8 * size"),
        guard(
            "replace",
            "value, old, new",
            "new",
            "strlen(value) * greatest(strlen(new), 1) / greatest(strlen(old), 1)"));
  }

  /**
   * A macro of the function's name that looks before it calls.
   *
   * @param by the parameter that makes the value large. The look stands in its place, not around
   *     the call: the engine works out what is constant from the inside, so that a call with
   *     constants would be made while it plans, whether the branch is taken or not.
   */
  private static String guard(String function, String parameters, String by, String bytes) {
    return "CREATE MACRO %1$s(%2$s) AS system.main.%1$s(%3$s)"
        .formatted(
            function,
            parameters,
            parameters.replace(
                by,
                "CASE WHEN %s > %d THEN error('%s() would make a value of more than %d bytes') ELSE %s END"
                    .formatted(bytes, MOST, function, MOST, by)));
  }
}
