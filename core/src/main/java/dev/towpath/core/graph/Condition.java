package dev.towpath.core.graph;

import dev.towpath.core.graph.Selector.Candidate;
import dev.towpath.spi.Names;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What one word of a selection asks for, without what it spreads to.
 *
 * @param method what stands before the colon; {@code name} when nothing does
 * @param value what stands behind it
 */
record Condition(String method, String value) {
  private static final List<String> METHODS =
      List.of("tag", "source", "seed", "model", "kind", "path");
  private static final Set<String> MODEL_KINDS =
      new TreeSet<>(Set.of("table", "view", "incremental", "merge", "append", "scd2"));

  static Condition parse(String text, String written) {
    int colon = text.indexOf(':');
    String method = colon < 0 ? "name" : text.substring(0, colon);
    String value = text.substring(colon + 1);
    if (value.isEmpty()) {
      throw new TowpathException(
          "the selection \"" + written + "\" names nothing",
          "write such as marts.daily, marts.*, tag:finance or path:models/marts");
    }
    if (colon >= 0 && !METHODS.contains(method)) {
      throw new TowpathException(
          "\"" + method + ":\" is not a way to select",
          Names.nearest(method, METHODS)
              .map(m -> "did you mean \"" + m + ":\"?")
              .orElse("use one of " + String.join(", ", METHODS)));
    }
    Condition condition = new Condition(method, value);
    if (method.equals("kind")) {
      condition.requireKind();
    }
    return condition;
  }

  private void requireKind() {
    Set<String> kinds = new TreeSet<>(MODEL_KINDS);
    kinds.addAll(List.of("model", "seed", "source"));
    if (!kinds.contains(value)) {
      throw new TowpathException(
          "\"" + value + "\" is not a kind",
          Names.nearest(value, kinds)
              .map(k -> "did you mean \"" + k + "\"?")
              .orElse("use one of " + String.join(", ", kinds)));
    }
  }

  /**
   * The names of those that meet it.
   *
   * @throws TowpathException when none does, unless it asks for all of a kind
   */
  List<TableName> among(Collection<Candidate> candidates) {
    List<TableName> met =
        switch (method) {
          case "tag" -> names(candidates, c -> c.tags().stream().anyMatch(t -> fits(t)));
          case "kind" -> names(candidates, c -> c.kind().equals(value) || isModel(c, value));
          case "path" -> names(candidates, c -> isBelow(c.file()));
          case "source" ->
              names(
                  candidates,
                  c -> c.kind().equals("source") && (isNamed(c.name()) || fits(stem(c.file()))));
          case "seed" -> names(candidates, c -> c.kind().equals("seed") && isNamed(c.name()));
          case "model" -> names(candidates, c -> isModel(c, "model") && isNamed(c.name()));
          default -> byName(candidates);
        };
    boolean mayBeNone = method.equals("kind") || value.equals("*");
    if (met.isEmpty() && !mayBeNone) {
      throw nothing(candidates);
    }
    return met;
  }

  private static boolean isModel(Candidate candidate, String kind) {
    return kind.equals("model") && MODEL_KINDS.contains(candidate.kind());
  }

  /** A name alone is a table's; a schema's only when no table is called so. */
  private List<TableName> byName(Collection<Candidate> candidates) {
    List<TableName> tables =
        names(
            candidates,
            c -> fits(c.name().toString()) || (!value.contains(".") && fits(c.name().table())));
    return tables.isEmpty() ? names(candidates, c -> fits(c.name().schema())) : tables;
  }

  private boolean isNamed(TableName name) {
    return fits(name.toString()) || fits(name.table()) || fits(name.schema());
  }

  private boolean fits(String text) {
    return Selector.fits(value, text);
  }

  private boolean isBelow(String file) {
    String path = value.startsWith("./") ? value.substring(2) : value;
    String folder = path.endsWith("/") ? path : path + "/";
    return Selector.fits(path, file) || Selector.fits(folder + "*", file);
  }

  private static String stem(String file) {
    String name = file.substring(file.lastIndexOf('/') + 1);
    int dot = name.lastIndexOf('.');
    return dot < 0 ? name : name.substring(0, dot);
  }

  private static List<TableName> names(Collection<Candidate> candidates, Predicate<Candidate> is) {
    return candidates.stream().filter(is).map(Candidate::name).toList();
  }

  private TowpathException nothing(Collection<Candidate> candidates) {
    Set<String> known = new TreeSet<>();
    List<String> kinds = new ArrayList<>(List.of("source", "seed"));
    for (Candidate candidate : candidates) {
      switch (method) {
        case "tag" -> known.addAll(candidate.tags());
        case "path" -> known.add(candidate.file());
        default -> {
          boolean fitting = !kinds.contains(method) || candidate.kind().equals(method);
          if (fitting) {
            known.add(candidate.name().toString());
            known.add(candidate.name().schema());
          }
          if (fitting && !value.contains(".")) {
            known.add(candidate.name().table());
          }
        }
      }
    }
    String what =
        switch (method) {
          case "tag" -> "no table has the tag \"" + value + "\"";
          case "path" -> "no table's file is at \"" + value + "\"";
          case "source", "seed", "model" -> "unknown " + method + " \"" + value + "\"";
          default ->
              value.contains("*") || value.contains("?")
                  ? "no table's name fits \"" + value + "\""
                  : "unknown table \"" + value + "\"";
        };
    if (value.endsWith(".*")) { // a pattern that fits is meant by a pattern
      candidates.forEach(c -> known.add(c.name().schema() + ".*"));
    }
    return new TowpathException(
        what,
        Names.nearest(value, known)
            .map(n -> "did you mean \"" + n + "\"?")
            .orElse("towpath ls shows what there is"));
  }
}
