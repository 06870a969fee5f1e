package dev.towpath.source.http;

import dev.towpath.spi.Names;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What stands around the places that are looked for in an answer, so that one that is missing can
 * be told from one that is misspelt. Not thread-safe.
 */
final class Outline {
  /** So many keys of an object are enough to tell somebody what it is. */
  private static final int MOST = 20;

  /** Names of other directions: the one that is looked for is not among them. */
  private static final Pattern ELSEWHERE =
      Pattern.compile("(?i).*(prev|first|last|start|self|current).*");

  /** Keys with the kinds of their values, by the place of the object that has them. */
  private final Map<List<String>, Map<String, String>> keys = new HashMap<>();

  private final Set<List<String>> found = new HashSet<>();

  /** An object begins. */
  Map<String, String> object(List<String> place) {
    Map<String, String> here = new LinkedHashMap<>();
    keys.put(List.copyOf(place), here);
    return here;
  }

  /** A key of an object, with what its value is. */
  void key(Map<String, String> object, String name, String kind) {
    if (object.size() < MOST) {
      object.put(name, kind);
    }
  }

  /** A place that is looked for is there, be it null. */
  void found(List<String> place) {
    found.add(List.copyOf(place));
  }

  boolean has(List<String> place) {
    return found.contains(place);
  }

  /** The keys of the object that a place leads to, as far as it leads. */
  Map<String, String> nearby(List<String> place) {
    return keys.getOrDefault(place.subList(0, depth(place)), Map.of());
  }

  /** The same in words: {@code in "data" items (a list)}. */
  String words(List<String> place) {
    int depth = depth(place);
    Map<String, String> there = nearby(place);
    String within = depth == 0 ? "" : "in \"" + String.join(".", place.subList(0, depth)) + "\" ";
    return within
        + (there.isEmpty()
            ? "nothing"
            : there.entrySet().stream()
                .map(e -> e.getKey() + " (" + e.getValue() + ")")
                .collect(Collectors.joining(", ")));
  }

  /** The place that was meant, if something with nearly its name is there. */
  Optional<String> near(List<String> place) {
    int depth = depth(place);
    if (depth == place.size()) {
      return Optional.empty();
    }
    List<String> names =
        nearby(place).entrySet().stream()
            .filter(e -> !e.getValue().equals("null"))
            .map(Map.Entry::getKey)
            .filter(name -> !ELSEWHERE.matcher(name).matches())
            .toList();
    return Names.nearest(place.get(depth), names)
        .map(name -> {
          List<String> meant = new ArrayList<>(place);
          meant.set(depth, name);
          return String.join(".", meant);
        });
  }

  private int depth(List<String> place) {
    int depth = 0;
    while (depth < place.size() && keys.containsKey(place.subList(0, depth + 1))) {
      depth++;
    }
    return depth;
  }
}
