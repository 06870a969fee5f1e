package dev.towpath.spi;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Secrets and what is said instead of them. Immutable. */
public final class Redaction {
  /** Knows no secret. */
  public static final Redaction NONE = new Redaction(Map.of());

  /** A value of one or two characters is also part of ordinary words. */
  private static final int SHORT = 2;

  /** A line of a secret of several lines, or the start of one that was cut, says that much. */
  private static final int TELLING = 8;

  private static final String CUT = "…";

  private final Map<String, String> names;
  private final List<Form> forms;

  /** How a secret may be spelled. */
  private record Form(String text, String name) {}

  /**
   * A redaction.
   *
   * @param names by secret value what stands for it: {@code ${NAME}}
   */
  public Redaction(Map<String, String> names) {
    this.names = Map.copyOf(names);
    Map<String, String> all = new LinkedHashMap<>();
    this.names.forEach((value, name) -> {
      if (value.length() > SHORT) {
        forms(value).forEach(form -> all.putIfAbsent(form, name));
      } else {
        all.put('"' + value + '"', '"' + name + '"');
      }
    });
    this.forms =
        all.entrySet().stream()
            .map(e -> new Form(e.getKey(), e.getValue()))
            .sorted(Comparator.comparingInt((Form f) -> f.text().length()).reversed())
            .toList();
  }

  /** Whether it is about these secrets, and no others. */
  public boolean knows(Map<String, String> secrets) {
    return names.equals(secrets);
  }

  /** The same with more secrets; those known already keep their names. */
  public Redaction and(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(more);
    all.putAll(names);
    return new Redaction(all);
  }

  /**
   * The text with the name in place of each secret: as it is, as a URL, JSON, HTML or Python spells
   * it, line by line, and where a message cut it short.
   */
  public String apply(String text) {
    String safe = text;
    for (Form form : forms) {
      safe = safe.replace(form.text(), form.name());
    }
    return safe.contains(CUT) ? cut(safe) : safe;
  }

  /** Without the starts of secrets before {@code …}. */
  private String cut(String text) {
    String safe = text;
    for (int end = safe.indexOf(CUT); end >= 0; end = safe.indexOf(CUT, end + 1)) {
      for (Form form : forms) {
        int most = Math.min(form.text().length() - 1, end);
        for (int length = most; length >= TELLING; length--) {
          if (safe.startsWith(form.text().substring(0, length), end - length)) {
            safe = safe.substring(0, end - length) + form.name() + safe.substring(end);
            end += form.name().length() - length;
            break;
          }
        }
      }
    }
    return safe;
  }

  private static Collection<String> forms(String value) {
    Set<String> forms = new java.util.LinkedHashSet<>();
    String url = URLEncoder.encode(value, StandardCharsets.UTF_8);
    forms.addAll(List.of(value, url, url.replace("+", "%20")));
    forms.add(escaped(value, "\"", "\\u%04x", false));
    forms.add(escaped(value, "\"", "\\u%04x", true));
    forms.add(escaped(value, "", "\\x%02x", false));
    forms.add(escaped(value, "'", "\\x%02x", false));
    String html = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    forms.add(html);
    forms.add(html.replace("\"", "&quot;").replace("'", "&#x27;"));
    forms.add(html.replace("\"", "&quot;").replace("'", "&#39;"));
    if (value.indexOf('\n') >= 0) {
      Stream.of(value.split("[\r\n]+"))
          .map(String::strip)
          .filter(line -> line.length() >= TELLING)
          .forEach(forms::add);
    }
    return forms;
  }

  /**
   * A value as it stands within quotes.
   *
   * @param quote the one that is escaped
   * @param code how a character without an escape of its own is written
   * @param ascii whether that goes for all beyond ASCII
   */
  private static String escaped(String value, String quote, String code, boolean ascii) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ' || (ascii && c > '~')) {
            out.append(code.formatted((int) c));
          } else {
            out.append(quote.indexOf(c) >= 0 ? "\\" : "").append(c);
          }
        }
      }
    }
    return out.toString();
  }

  /** Names without values. */
  @Override
  public String toString() {
    return "Redaction" + names.values();
  }
}
