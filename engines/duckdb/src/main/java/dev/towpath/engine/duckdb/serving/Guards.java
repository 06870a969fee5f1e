package dev.towpath.engine.duckdb.serving;

import java.util.List;

/**
 * Macros that hide functions which make large values of small ones. The values of a vector are not
 * counted against the engine's memory limit, and no cancel is heard while one is filled: two
 * thousand texts of a gigabyte would take the whole machine down first.
 */
public final class Guards {
  /** Bytes of one value; a vector has 2,048 of them. */
  private static final int MOST = 200_000;

  /** What a format may be given to format. */
  private static final int MOST_FORMATTED = 10;

  private Guards() {}

  /** The {@code CREATE MACRO} statements; they take the place of functions called by name alone. */
  public static List<String> macros() {
    return List.of(
        guard("repeat", "value, times", "times", "strlen(value::VARCHAR) * greatest(times, 0)"),
        guard("lpad", "value, size, fill", "size", "size"),
        guard("rpad", "value, size, fill", "size", "size"),
        guard("list_resize", "value, size", "size", "8 * size")
            + ", "
            + overload("list_resize", "value, size, fill", "size", "8 * size"),
        guard("array_resize", "value, size", "size", "8 * size")
            + ", "
            + overload("array_resize", "value, size, fill", "size", "8 * size"),
        guard("bitstring", "value, size", "size", "size // 8"),
        guard("replace", "value, old, new", "new", replaced("/ greatest(strlen(old), 1)")),
        guard("regexp_replace", "value, old, new", "new", replaced(""))
            + ", "
            + overload("regexp_replace", "value, old, new, options", "new", replaced("")),
        list("range"),
        list("generate_series"),
        formatting("printf"),
        formatting("format"));
  }

  private static String replaced(String by) {
    return "strlen(value) * greatest(strlen(new), 1)" + by;
  }

  /** A list of numbers or moments, whose count follows from their ends. */
  private static String list(String function) {
    return guard(function, "upto", "upto", "8 * " + number("upto"))
        + ", "
        + overload(function, "low, upto", "upto", "8 * (" + ends("1") + ")")
        + ", "
        + overload(function, "low, upto, step", "upto", "8 * (" + ends(number("step")) + ")");
  }

  /** How many steps there are; the ends are of many types, so it is counted by what they show. */
  private static String ends(String step) {
    String seconds = step.equals("1") ? "1" : moment("step", "INTERVAL");
    return "coalesce(abs((%s - %s) / nullif(%s, 0)), abs((%s - %s) / nullif(%s, 0)), 0)"
        .formatted(
            number("upto"),
            number("low"),
            step,
            moment("upto", "TIMESTAMP"),
            moment("low", "TIMESTAMP"),
            seconds);
  }

  private static String number(String name) {
    return "TRY_CAST(" + name + "::VARCHAR AS DOUBLE)";
  }

  private static String moment(String name, String type) {
    return "epoch(TRY_CAST(left(" + name + "::VARCHAR, 19) AS " + type + "))";
  }

  /** The widths in a format count, and none may be one of the arguments. */
  private static String formatting(String function) {
    String widths =
        "CASE WHEN regexp_matches(pattern, '[*]|[{][^}]*[{]') THEN %d ELSE".formatted(MOST + 1)
            + " coalesce(list_sum(TRY_CAST(regexp_extract_all(pattern, '[0-9]+') AS DOUBLE[])), 0)"
            + " END";
    StringBuilder macro = new StringBuilder(guard(function, "pattern", "pattern", widths));
    StringBuilder parameters = new StringBuilder("pattern");
    for (int i = 1; i <= MOST_FORMATTED; i++) {
      parameters.append(", v").append(i);
      macro.append(", ").append(overload(function, parameters.toString(), "pattern", widths));
    }
    return macro.toString();
  }

  /**
   * A macro of the function's name that looks before it calls.
   *
   * @param by the parameter that makes the value large. The look stands in its place, not around
   *     the call: the engine works out what is constant from the inside, so that a call with
   *     constants would be made while it plans, whether the branch is taken or not.
   */
  private static String guard(String function, String parameters, String by, String bytes) {
    return "CREATE MACRO " + function + overload(function, parameters, by, bytes);
  }

  private static String overload(String function, String parameters, String by, String bytes) {
    return "(%2$s) AS system.main.%1$s(%3$s)"
        .formatted(
            function,
            parameters,
            parameters.replace(
                by,
                "CASE WHEN %s > %d THEN error('%s() would make a value of more than %d bytes') ELSE %s END"
                    .formatted(bytes, MOST, function, MOST, by)));
  }
}
