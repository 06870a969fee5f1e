package dev.towpath.spi;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Secrets and what is said instead of them.
 *
 * @param names by secret value what stands for it: {@code ${NAME}}
 */
public record Redaction(Map<String, String> names) {
  /** A shorter line of a secret says little of it, and is also part of other texts. */
  private static final int SHORTEST_LINE = 8;

  /** Knows no secret. */
  public static final Redaction NONE = new Redaction(Map.of());

  public Redaction {
    names = Map.copyOf(names);
  }

  /** The same with more secrets; those known already keep their names. */
  public Redaction and(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(more);
    all.putAll(names);
    return new Redaction(all);
  }

  /**
   * The text with the name in place of each secret, as it is or as a URL spells it; and in place of
   * each line of a secret of several lines, since texts come line by line.
   */
  public String apply(String text) {
    String safe = text;
    List<String> longestFirst = new ArrayList<>(names.keySet());
    longestFirst.sort(Comparator.comparingInt(String::length).reversed());
    for (String value : longestFirst) {
      String name = names.getOrDefault(value, "");
      // A value of one or two characters is also part of ordinary words.
      if (value.length() > 2) {
        String form = URLEncoder.encode(value, StandardCharsets.UTF_8);
        safe = safe.replace(value, name).replace(form, name);
        safe = safe.replace(form.replace("+", "%20"), name);
        if (value.indexOf('\n') >= 0) {
          safe = lines(safe, value, name);
        }
      } else {
        safe = safe.replace('"' + value + '"', '"' + name + '"');
      }
    }
    return safe;
  }

  private static String lines(String text, String value, String name) {
    String safe = text;
    for (String line : value.lines().map(String::strip).toList()) {
      if (line.length() >= SHORTEST_LINE && !line.startsWith("-----")) {
        safe = safe.replace(line, name);
      }
    }
    return safe;
  }

  /** Names without values. */
  @Override
  public String toString() {
    return "Redaction" + names.values();
  }
}
