package dev.towpath.engine.duckdb.analyze;

import dev.towpath.engine.duckdb.SqlTokens;
import dev.towpath.engine.duckdb.SqlTokens.Token;
import dev.towpath.spi.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A query whose parameters stand in casts to their types, and the way back from its offsets.
 *
 * @param sql the text to bind
 * @param original the text as written
 * @param changes in order
 */
record Rewrite(String sql, String original, List<Change> changes) {

  /** A stretch of the original, and what stands for it; in UTF-16 units, ends exclusive. */
  record Change(int from, int to, int newFrom, int newTo) {}

  /**
   * Casts parameters.
   *
   * @param types by lower-case name; others stay as they are
   */
  static Rewrite of(String sql, SqlTokens tokens, Map<String, DataType> types) {
    StringBuilder out = new StringBuilder();
    List<Change> changes = new ArrayList<>();
    int copied = 0;
    for (Token token : tokens.parameters()) {
      DataType type = types.get(tokens.name(token).toLowerCase(Locale.ROOT));
      String written = tokens.text(token);
      String text = named(written);
      if (type != null || !text.equals(written)) {
        out.append(sql, copied, token.start());
        int start = out.length();
        out.append(type == null ? text : "CAST(" + text + " AS " + type.sql() + ")");
        changes.add(new Change(token.start(), token.end(), start, out.length()));
        copied = token.end();
      }
    }
    out.append(sql, copied, sql.length());
    return new Rewrite(out.toString(), sql, List.copyOf(changes));
  }

  /** Names are told apart by their first use, as the rest of us does; numbers are not. */
  private static String named(String parameter) {
    char first = parameter.length() > 1 ? parameter.charAt(1) : '$';
    return first >= '0' && first <= '9' ? "$p" + parameter.substring(1) : parameter;
  }

  /**
   * The offset in the original.
   *
   * @param end whether the offset ends a stretch: inside of a cast it is then the parameter's end
   */
  int original(int offset, boolean end) {
    int shift = 0;
    for (Change change : changes) {
      if (offset < change.newFrom() || (end && offset == change.newFrom())) {
        break;
      }
      if (offset < change.newTo()) {
        return end ? change.to() : change.from();
      }
      shift = change.to() - change.newTo();
    }
    return offset + shift;
  }
}
