package dev.towpath.core.graph;

import dev.towpath.spi.Names;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A choice of tables, in the way dbt's users write it: {@code marts.daily}, {@code marts.*}, {@code
 * +x} (and all it reads), {@code x+} (and all that reads it), {@code 2+x+1}, {@code @x} (all that
 * reads it, and all that these read), {@code tag:finance}, {@code source:*}, {@code seed:x}, {@code
 * model:*}, {@code kind:view}, {@code path:models/marts}.
 *
 * <p>Several arguments, or words in one, are united; a comma intersects; {@code -x} and {@code !x}
 * leave out, as the second list does. Double quotes hold a name with spaces together.
 */
public final class Selector {
  private final List<Union> include = new ArrayList<>();
  private final List<Union> exclude = new ArrayList<>();

  private Selector() {}

  /**
   * What is known of a table that may be selected.
   *
   * @param kind {@code source}, {@code seed}, {@code table}, {@code view} or {@code incremental}
   * @param file path relative to the root, with forward slashes
   * @param parents tables it reads
   */
  public record Candidate(
      TableName name, String kind, String file, List<String> tags, List<TableName> parents) {
    public Candidate {
      tags = List.copyOf(tags);
      parents = List.copyOf(parents);
    }
  }

  /** Terms of which a table must meet all; {@code text} is what the person wrote. */
  private record Union(String text, List<Term> all) {}

  /**
   * One condition and how far it spreads.
   *
   * @param up levels of what is read, -1 for all, 0 for none; {@code down} likewise
   * @param both whether it is {@code @x}
   */
  private record Term(Condition condition, int up, int down, boolean both) {}

  /**
   * Reads a choice. An empty one is everything.
   *
   * @throws TowpathException when it cannot be read, such as for an unknown method
   */
  public static Selector parse(List<String> include, List<String> exclude) {
    Selector selector = new Selector();
    for (String argument : include) {
      for (String word : split(argument, ' ')) {
        if (word.startsWith("-") || word.startsWith("!")) {
          selector.exclude.add(union(word.substring(1)));
        } else {
          selector.include.add(union(word));
        }
      }
    }
    for (String argument : exclude) {
      split(argument, ' ').forEach(word -> selector.exclude.add(union(word)));
    }
    return selector;
  }

  private static Union union(String word) {
    return new Union(word, split(word, ',').stream().map(Selector::term).toList());
  }

  private static Term term(String written) {
    String text = written;
    boolean both = text.startsWith("@");
    int up = 0;
    int down = 0;
    if (both) {
      text = text.substring(1);
    } else {
      int plus = digits(text, 0);
      if (plus < text.length() && text.charAt(plus) == '+') {
        up = levels(text.substring(0, plus));
        text = text.substring(plus + 1);
      }
    }
    int plus = text.lastIndexOf('+');
    if (plus >= 0 && digits(text, plus + 1) == text.length()) {
      down = levels(text.substring(plus + 1));
      text = text.substring(0, plus);
    }
    return new Term(Condition.parse(text.replace("\"", ""), written), up, down, both);
  }

  private static int digits(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at;
  }

  private static int levels(String digits) {
    return digits.isEmpty() || digits.length() > 6 ? -1 : Integer.parseInt(digits);
  }

  /** The parts between separators outside double quotes, without empty ones. */
  private static List<String> split(String text, char separator) {
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    boolean quoted = false;
    for (char c : (text + separator).toCharArray()) {
      quoted ^= c == '"';
      if (c == separator && !quoted) {
        if (!part.isEmpty()) {
          parts.add(part.toString());
        }
        part.setLength(0);
      } else {
        part.append(c);
      }
    }
    if (!part.isEmpty()) {
      throw new TowpathException("a \" is missing in the selection " + text, "close the quote");
    }
    return parts;
  }

  /** Whether everything is chosen. */
  public boolean isEverything() {
    return include.isEmpty() && exclude.isEmpty();
  }

  /**
   * The chosen tables of a graph, inputs first.
   *
   * @throws TowpathException for a name or tag that is not there, with the nearest as a hint
   */
  public List<TableName> select(Graph graph) {
    return select(
        graph.assets().stream()
            .map(a -> new Candidate(a.name(), a.kind(), a.file(), a.tags(), a.reads()))
            .toList());
  }

  /**
   * The chosen tables, in the order given.
   *
   * @throws TowpathException for a name or tag that is not there, with the nearest as a hint
   */
  public List<TableName> select(Collection<Candidate> candidates) {
    Nearby nearby = new Nearby(candidates);
    Set<TableName> chosen = new LinkedHashSet<>();
    if (include.isEmpty()) {
      chosen.addAll(nearby.byName.keySet());
    }
    include.forEach(union -> chosen.addAll(nearby.meeting(union)));
    exclude.forEach(union -> chosen.removeAll(nearby.meeting(union)));
    return nearby.byName.keySet().stream().filter(chosen::contains).toList();
  }

  /** The tables and who reads whom, for one selection. */
  private static final class Nearby {
    private final Map<TableName, Candidate> byName = new LinkedHashMap<>();
    private final Map<TableName, List<TableName>> parents = new HashMap<>();
    private final Map<TableName, List<TableName>> children = new HashMap<>();

    Nearby(Collection<Candidate> candidates) {
      candidates.forEach(c -> byName.put(c.name(), c));
      for (Candidate candidate : candidates) {
        for (TableName parent : candidate.parents()) {
          if (byName.containsKey(parent)) {
            parents.computeIfAbsent(candidate.name(), _ -> new ArrayList<>()).add(parent);
            children.computeIfAbsent(parent, _ -> new ArrayList<>()).add(candidate.name());
          }
        }
      }
    }

    Set<TableName> meeting(Union union) {
      Set<TableName> all = new LinkedHashSet<>(byName.keySet());
      union.all().forEach(term -> all.retainAll(meeting(term)));
      return all;
    }

    private Set<TableName> meeting(Term term) {
      Set<TableName> met = new LinkedHashSet<>(term.condition().among(byName.values()));
      Set<TableName> spread = new LinkedHashSet<>(met);
      if (term.both()) {
        Set<TableName> below = reach(met, -1, children);
        spread.addAll(below);
        spread.addAll(reach(below, -1, parents));
      }
      spread.addAll(reach(met, term.up(), parents));
      spread.addAll(reach(met, term.down(), children));
      return spread;
    }

    /** Level by level, so that a table counts at its least distance. */
    private static Set<TableName> reach(
        Set<TableName> from, int levels, Map<TableName, List<TableName>> next) {
      Set<TableName> seen = new LinkedHashSet<>(from);
      Set<TableName> edge = from;
      for (int level = 0; level != levels && !edge.isEmpty(); level++) {
        Set<TableName> further = new LinkedHashSet<>();
        for (TableName name : edge) {
          for (TableName neighbour : next.getOrDefault(name, List.of())) {
            if (seen.add(neighbour)) {
              further.add(neighbour);
            }
          }
        }
        edge = further;
      }
      return seen;
    }
  }

  /** Whether a text fits a pattern with {@code *} (any characters) and {@code ?} (one). */
  static boolean fits(String pattern, String text) {
    String wanted = Names.identity(pattern);
    String given = Names.identity(text);
    int p = 0;
    int star = -1;
    int resume = 0;
    int t = 0;
    while (t < given.length()) {
      if (p < wanted.length() && wanted.charAt(p) == '*') {
        star = p++;
        resume = t;
      } else if (p < wanted.length()
          && (wanted.charAt(p) == '?' || wanted.charAt(p) == given.charAt(t))) {
        p++;
        t++;
      } else if (star >= 0) { // let the last star take one more
        p = star + 1;
        t = ++resume;
      } else {
        return false;
      }
    }
    while (p < wanted.length() && wanted.charAt(p) == '*') {
      p++;
    }
    return p == wanted.length();
  }
}
