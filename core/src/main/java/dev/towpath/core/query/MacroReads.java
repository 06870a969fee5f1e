package dev.towpath.core.query;

import dev.towpath.core.check.Macros;
import dev.towpath.spi.Names;
import dev.towpath.spi.TableName;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The tables that macros of the project read. A query's syntax tree shows a call only, so the text
 * of a macro is searched for the names of tables: it may find too many, never too few.
 */
final class MacroReads {
  private final Map<String, Set<TableName>> reads = new HashMap<>();

  MacroReads(List<String> statements, Collection<TableName> tables) {
    Map<String, String> bodies = new HashMap<>();
    for (String statement : statements) {
      String plain = Names.identity(statement.replace("\"", "")).replaceAll("\\s*\\.\\s*", ".");
      Macros.names(statement)
          .forEach(n ->
              bodies.merge(n.substring(n.lastIndexOf('.') + 1), plain, (a, b) -> a + '\n' + b));
    }
    bodies.keySet().forEach(name -> reads.put(name, reads(name, bodies, tables)));
  }

  private static Set<TableName> reads(
      String macro, Map<String, String> bodies, Collection<TableName> tables) {
    Set<String> seen = new HashSet<>();
    StringBuilder text = new StringBuilder();
    gather(macro, bodies, seen, text);
    Set<TableName> found = new HashSet<>();
    for (TableName table : tables) {
      if (holds(text, Names.identity(table.toString()))) {
        found.add(table);
      }
    }
    return found;
  }

  /** The text of a macro and of those that it calls. */
  private static void gather(
      String macro, Map<String, String> bodies, Set<String> seen, StringBuilder text) {
    if (!seen.add(macro)) {
      return;
    }
    String body = bodies.getOrDefault(macro, "");
    text.append(body).append('\n');
    bodies.keySet().stream()
        .filter(other -> holds(body, other))
        .forEach(other -> gather(other, bodies, seen, text));
  }

  private static boolean holds(CharSequence text, String name) {
    return Pattern.compile("(?<![\\p{L}\\p{N}_])" + Pattern.quote(name) + "(?![\\p{L}\\p{N}_])")
        .matcher(text)
        .find();
  }

  /** What calls of these functions read. */
  Set<TableName> of(Set<String> functions) {
    Set<TableName> all = new HashSet<>();
    functions.forEach(f -> all.addAll(reads.getOrDefault(f, Set.of())));
    return all;
  }
}
