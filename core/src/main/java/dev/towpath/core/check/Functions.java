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
