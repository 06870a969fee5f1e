package dev.towpath.importer.dbt;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Turns {@code where day > (select max(day) from {{ this }})} into {@code where day >= $start and
 * day < $end}. Only conditions on one column of time are turned; of others it says why not.
 */
final class IncrementalFilter {
  private static final Pattern FILTER =
      Pattern.compile(
          """
          (?<word>where|and)\\s+
          (?<column>[a-z_"][\\w".]*)\\s*
          >=?\\s*
          \\(\\s*select\\s+(?<most>.+?)\\s+from\\s+%s(\\s+(as\\s+)?\\w+)?\\s*\\)
          """
              .strip()
              .replaceAll("\\n", "")
              .formatted(Relation.THIS),
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private static final Pattern MOST =
      Pattern.compile(
          "(?:coalesce\\s*\\(\\s*)?max\\(\\s*(?<of>[\\w\".]+)\\s*\\)(?<rest>.*)",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private static final Pattern BACK =
      Pattern.compile(
          "-\\s*interval\\s*\\(?\\s*'?\\s*(?<n>\\d+)\\s*'?\\s*\\)?\\s*'?(?<unit>hour|day|week|month|year)s?'?",
          Pattern.CASE_INSENSITIVE);

  private Optional<String> column = Optional.empty();
  private Optional<String> inputColumn = Optional.empty();
  private Optional<String> reason = Optional.empty();
  private String grain = "day";
  private long lookback;
  private boolean used;

  /** Gives up, for a reason. */
  void give(String why) {
    reason = reason.or(() -> Optional.of(why));
  }

  /** The condition in Towpath's form; on any other form it gives up and returns nothing. */
  String translate(String body) {
    used = true;
    Matcher matcher = FILTER.matcher(body.strip());
    if (!matcher.matches()) {
      give("its condition is not \"column > (select max(column) from {{ this }})\"");
      return "";
    }
    Matcher most = MOST.matcher(matcher.group("most").strip());
    if (!most.matches()) {
      give("it does not ask for max(column)");
      return "";
    }
    String input = matcher.group("column");
    String output = bare(most.group("of"));
    if (column.isPresent() && !column.get().equalsIgnoreCase(output)) {
      give("it has conditions on several columns");
    }
    column = Optional.of(output);
    inputColumn = Optional.of(bare(input));
    back(most.group("rest"));
    String indent = indent(body);
    String word = matcher.group("word");
    String text =
        word
            + " "
            + input
            + " >= $start"
            + (word.equalsIgnoreCase("where") ? "\n" : " ")
            + "and "
            + input
            + " < $end";
    return (indent + text.replace("\n", "\n" + indent)).stripTrailing() + "\n";
  }

  private void back(String rest) {
    Matcher matcher = BACK.matcher(rest);
    if (matcher.find()) {
      lookback = Long.parseLong(matcher.group("n"));
      grain = matcher.group("unit").toLowerCase(Locale.ROOT);
    }
  }

  private static String indent(String body) {
    String line = body.lines().filter(l -> !l.isBlank()).findFirst().orElse("");
    return line.substring(0, line.length() - line.stripLeading().length());
  }

  private static String bare(String name) {
    return name.substring(name.lastIndexOf('.') + 1).replace("\"", "");
  }

  /** The model's column of time, when every condition was turned. */
  Optional<String> column() {
    return used && reason.isEmpty() ? column : Optional.empty();
  }

  /** The column of the input that is compared. */
  Optional<String> inputColumn() {
    return inputColumn;
  }

  /** Why it could not be turned. */
  String reason() {
    return reason.orElse(used ? "" : "it never asks is_incremental()");
  }

  String grain() {
    return grain;
  }

  long lookback() {
    return lookback;
  }
}
