package dev.towpath.importer.dbt;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts {@code $name} where a variable stood as a value of its own in SQL, and the variable's value
 * where it was a part of something: a name, a longer text, a type.
 */
final class Parameters {
  private static final char OPEN = '\uE000';
  private static final char CLOSE = '\uE001';
  private static final Pattern MARK = Pattern.compile("\uE000([^\uE001]*)\uE001");
  private static final Pattern QUOTED = Pattern.compile("'\uE000([^\uE001]*)\uE001'");
  private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
  private static final Set<String> BEFORE_TEXT =
      Set.of(
          "=", "<>", "!=", "<", ">", "<=", ">=", "like", "ilike", "between", "and", "then", "else");
  private static final Set<String> NOT_BEFORE =
      Set.of(".", "interval", "by", "limit", "offset", "as", "sample");
  private static final Pattern TYPE =
      Pattern.compile("(?is).*\\b(decimal|numeric|varchar|char|dec|sample|timestamp)\\s*\\([^()]*");

  private final Map<String, Object> values;
  private final Vars vars;
  private final List<String> pasted = new ArrayList<>();

  Parameters(Map<String, Object> values, Vars vars) {
    this.values = values;
    this.vars = vars;
  }

  /** What stands in rendered text for a variable. */
  static String mark(String name) {
    return OPEN + name + CLOSE;
  }

  /** The variables whose value had to be written. */
  List<String> pasted() {
    return pasted;
  }

  /** Replaces every mark. */
  String place(String sql) {
    StringBuilder out = new StringBuilder();
    int at = 0;
    while (at < sql.length()) {
      int end = SqlText.tokenEnd(sql, at);
      String token = sql.substring(at, end);
      Matcher quoted = QUOTED.matcher(token);
      if (quoted.matches()) {
        quoted(quoted.group(1), sql, end, out);
      } else if (token.charAt(0) == OPEN && token.indexOf(CLOSE) == token.length() - 1) {
        bare(token.substring(1, token.length() - 1), sql, end, out);
      } else {
        out.append(pastedInto(token));
      }
      at = end;
    }
    return out.toString();
  }

  private String pastedInto(String token) {
    return MARK.matcher(token).replaceAll(m -> Matcher.quoteReplacement(paste(m.group(1))));
  }

  private String paste(String name) {
    pasted.add(name);
    return dev.towpath.importer.jinja.Values.text(value(name));
  }

  private Object value(String name) {
    return java.util.Objects.requireNonNull(values.get(name));
  }

  private void quoted(String name, String sql, int end, StringBuilder out) {
    String before = SqlText.wordBefore(out);
    boolean text = value(name) instanceof String;
    boolean date = text && DATE.matcher(value(name).toString()).matches();
    String type = before.equals("date") || before.equals("timestamp") ? before : "";
    boolean place =
        BEFORE_TEXT.contains(before)
            || SqlText.wordAfter(sql, end).equals("::")
            || (SqlText.wordAfter(sql, end).equals("as") && SqlText.opensCast(out));
    if (date && !type.isEmpty() && vars.keep(name, value(name))) {
      out.setLength(out.toString().stripTrailing().length() - type.length());
      out.append("$").append(name).append("::").append(type);
    } else if (text && place && vars.keep(name, value(name))) {
      out.append('$').append(name);
    } else {
      out.append('\'').append(paste(name)).append('\'');
    }
  }

  private void bare(String name, String sql, int end, StringBuilder out) {
    String before = SqlText.wordBefore(out);
    boolean glued =
        (!out.isEmpty() && SqlText.isWord(out.charAt(out.length() - 1)))
            || (end < sql.length() && (SqlText.isWord(sql.charAt(end)) || sql.charAt(end) == '.'));
    boolean place =
        !(value(name) instanceof String)
            && !glued
            && !NOT_BEFORE.contains(before.toLowerCase(Locale.ROOT))
            && !TYPE.matcher(out.substring(Math.max(0, out.length() - 60))).matches();
    out.append(place && vars.keep(name, value(name)) ? "$" + name : paste(name));
  }
}
