package dev.towpath.core.check;

import dev.towpath.core.project.Macro;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What functions bring into a query besides their arguments: the clock, or chance. A macro of the
 * project brings what its body does.
 */
public final class Functions {
  private static final Set<String> RANDOM =
      Set.of("random", "uuid", "uuidv4", "uuidv7", "gen_random_uuid", "setseed", "nextval");

  /** DuckDB's; a test holds them against what it says itself. */
  static final Set<String> AGGREGATES =
      Set.of(
          ("any_value approx_count_distinct approx_quantile approx_top_k arbitrary arg_max arg_max_null"
                  + " arg_max_nulls_last arg_min arg_min_null arg_min_nulls_last argmax argmin"
                  + " array_agg avg combine_aggr decimal_average bit_and bit_or bit_xor bitstring_agg bool_and bool_or corr count"
                  + " count_if count_star countif covar_pop covar_samp entropy favg first fsum"
                  + " geomean geometric_mean group_concat histogram histogram_exact json_group_array"
                  + " json_group_object json_group_structure kahan_sum kurtosis kurtosis_pop last"
                  + " list listagg lttb mad max max_by mean median min min_by mode product quantile"
                  + " quantile_cont quantile_disc regr_avgx regr_avgy regr_count regr_intercept"
                  + " regr_r2 regr_slope regr_sxx regr_sxy regr_syy reservoir_quantile sem skewness"
                  + " stddev stddev_pop stddev_samp string_agg sum sum_no_overflow sumkahan var_pop"
                  + " var_samp variance variant_group_object wavg weighted_avg")
              .split(" "));

  /** Those that may stand without parentheses. */
  private static final Set<String> BARE =
      Set.of("current_date", "current_time", "current_timestamp", "localtime", "localtimestamp");

  private static final Set<String> NOW =
      Set.of(
          "ago",
          "now",
          "today",
          "get_current_timestamp",
          "get_current_time",
          "current_localtime",
          "current_localtimestamp",
          "transaction_timestamp");

  private static final Pattern NO_CODE =
      Pattern.compile("'(?:[^']|'')*'|--[^\\n]*|/\\*.*?\\*/", Pattern.DOTALL);
  private static final Pattern CALL =
      Pattern.compile(
          "\"([^\"]+)\"\\s*\\(|\\b([a-z_]\\w*)\\s*\\(|\\b(" + String.join("|", BARE) + ")\\b",
          Pattern.CASE_INSENSITIVE);

  /** What the body of each macro calls, by the macro's name. */
  private final Map<String, Set<String>> macros = new HashMap<>();

  /** Functions of a project with these macros. */
  public Functions(List<Macro> files) {
    for (Macro file : files) {
      for (String statement : Macros.statements(file)) {
        Set<String> calls = calls(statement);
        for (String name : Macros.names(statement)) {
          macros
              .computeIfAbsent(name.substring(name.lastIndexOf('.') + 1), _ -> new HashSet<>())
              .addAll(calls);
        }
      }
    }
  }

  private static Set<String> calls(String statement) {
    Set<String> calls = new HashSet<>();
    Matcher matcher = CALL.matcher(NO_CODE.matcher(statement).replaceAll(" "));
    while (matcher.find()) {
      for (int i = 1; i <= matcher.groupCount(); i++) {
        Optional.ofNullable(matcher.group(i))
            .ifPresent(name -> calls.add(name.toLowerCase(Locale.ROOT)));
      }
    }
    return calls;
  }

  /**
   * Whether it gives something else as time passes; {@code age} of one argument does in a macro.
   */
  public boolean readsClock(String function) {
    return reach(function, n -> NOW.contains(n) || BARE.contains(n)).isPresent()
        || (macros.containsKey(function) && reach(function, "age"::equals).isPresent());
  }

  /** Whether it makes one value of several rows. */
  public boolean aggregates(String function) {
    return reach(function, AGGREGATES::contains).isPresent();
  }

  /** The function behind it, or itself, that gives something else on every call. */
  public Optional<String> random(String function) {
    return reach(function, RANDOM::contains);
  }

  private Optional<String> reach(String function, Predicate<String> wanted) {
    return reach(function, wanted, new HashSet<>());
  }

  private Optional<String> reach(String function, Predicate<String> wanted, Set<String> seen) {
    Set<String> body = macros.get(function);
    if (body == null || !seen.add(function)) { // its own name stands in its head too
      return Optional.of(function).filter(wanted);
    }
    return body.stream()
        .sorted()
        .flatMap(called -> reach(called, wanted, seen).stream())
        .findFirst();
  }
}
