package dev.towpath.importer.dbt;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether an incremental model of dbt can be built by intervals of time, and of what. */
final class Intervals {
  private static final Pattern TIME_NAME =
      Pattern.compile("(?i)(.*_)?(at|on|date|day|ts|time|timestamp|datetime|hour|week|month|dt)");

  private final Resource resource;
  private final Session session;
  private final Optional<String> column;
  private Optional<String> reason = Optional.empty();
  private String grain;

  Intervals(Resource resource, Session session) {
    this.resource = resource;
    this.session = session;
    this.grain = session.filter().grain();
    this.column = session.filter().column().filter(this::fits);
  }

  /** The column of time. */
  Optional<String> column() {
    return column;
  }

  String grain() {
    return grain;
  }

  /** Why there is none. */
  String reason() {
    return reason.orElse(session.filter().reason());
  }

  private boolean fits(String output) {
    String input = session.filter().inputColumn().orElse("");
    if (!input.equalsIgnoreCase(output) && !cutTo(input, output)) {
      reason = Optional.of("\"" + input + "\" and \"" + output + "\" need not lie in one interval");
      return false;
    }
    if (!isTime(output)) {
      reason = Optional.of("\"" + output + "\" is no date or time, as far as can be told");
      return false;
    }
    return true;
  }

  /** Whether the output's column is the input's, cut to a day or the like. */
  private boolean cutTo(String input, String output) {
    String name = "(?:\\w+\\.)?" + Pattern.quote(input);
    Matcher matcher =
        Pattern.compile(
                "(?i)(?:date_trunc\\s*\\(\\s*'(?<part>hour|day|week|month|year)'\\s*,\\s*"
                    + name
                    + "(?:::\\w+)?\\s*\\)(?:::date)?|cast\\s*\\(\\s*"
                    + name
                    + "\\s+as\\s+date\\s*\\)|"
                    + name
                    + "::date)\\s+as\\s+"
                    + Pattern.quote(output)
                    + "\\b")
            .matcher(session.text());
    if (!matcher.find()) {
      return false;
    }
    String part = matcher.group("part");
    grain = part == null ? "day" : part.toLowerCase(Locale.ROOT);
    return true;
  }

  private boolean isTime(String name) {
    boolean declared =
        resource.properties().stream()
            .flatMap(p -> Plain.maps(p, "columns").stream())
            .filter(c -> Plain.text(c, "name").orElse("").equalsIgnoreCase(name))
            .flatMap(c -> Plain.text(c, "data_type").stream())
            .anyMatch(type -> type.toLowerCase(Locale.ROOT).matches("date.*|timestamp.*"));
    return declared || TIME_NAME.matcher(name).matches();
  }
}
