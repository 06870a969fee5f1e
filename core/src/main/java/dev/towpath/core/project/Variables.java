package dev.towpath.core.project;

import dev.towpath.core.yaml.Problems;
import dev.towpath.core.yaml.SourceText;
import dev.towpath.core.yaml.YamlValue;
import dev.towpath.spi.Location;
import dev.towpath.spi.Redaction;
import dev.towpath.spi.TowpathException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The environment variables that {@code ${NAME}} stands for: the process's, and those of {@code
 * .env} that the process does not set. Their values are secrets and never enter a message.
 */
public final class Variables {
  private static final Pattern NAME = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)\\}");

  private final Map<String, String> values;
  private final Map<String, String> used = new ConcurrentHashMap<>();
  private volatile Redaction redaction = Redaction.NONE;

  private Variables(Map<String, String> values) {
    this.values = values;
  }

  /** The process's variables over those of a {@code .env} file. */
  static Variables of(Map<String, String> process, Optional<SourceText> dotEnv, Problems problems) {
    Map<String, String> values = new HashMap<>();
    dotEnv.ifPresent(source -> readLines(source, values, problems));
    values.putAll(process);
    return new Variables(values);
  }

  private static void readLines(SourceText source, Map<String, String> values, Problems problems) {
    int number = 0;
    for (String raw : source.text().split("\r\n|\n|\r", -1)) {
      number++;
      String line = raw.strip();
      if (line.startsWith("export ")) {
        line = line.substring(7).strip();
      }
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      int equals = line.indexOf('=');
      String name = equals < 0 ? "" : line.substring(0, equals).strip();
      Optional<String> value = equals < 0 ? Optional.empty() : value(line.substring(equals + 1));
      if (!NameRules.isParameter(name) || value.isEmpty()) {
        problems.error(
            new Location(source.file(), number, 1),
            "this line is not NAME=value",
            "put single quotes around a value with special characters");
      } else {
        values.put(name, value.get());
      }
    }
  }

  /** The value of a line: quotes removed, and a comment behind a space. */
  private static Optional<String> value(String text) {
    String value = text.strip();
    if (value.startsWith("'") || value.startsWith("\"")) {
      int end = value.indexOf(value.charAt(0), 1);
      boolean closed = end > 0;
      String rest = closed ? value.substring(end + 1).strip() : "";
      return closed && (rest.isEmpty() || rest.startsWith("#"))
          ? Optional.of(value.substring(1, end))
          : Optional.empty();
    }
    int comment = value.indexOf(" #");
    return Optional.of(comment < 0 ? value : value.substring(0, comment).strip());
  }

  /** The text with every {@code ${NAME}} replaced; a missing one is noted and stays as it is. */
  String resolve(YamlValue value, String text, Problems problems) {
    int open = text.indexOf("${");
    if (open < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder();
    int at = 0;
    while (open >= 0) {
      out.append(text, at, open);
      int close = text.indexOf('}', open);
      String name = close < 0 ? "" : text.substring(open + 2, close);
      if (!NameRules.isParameter(name)) {
        problems.error(
            value.textLocation(open),
            "${ must be followed by a name and }",
            "write ${NAME}, with letters, digits and _");
        out.append(text, open, text.length());
        return out.toString();
      }
      String found = values.get(name);
      if (found == null) {
        problems.error(
            value.textLocation(open),
            "the environment variable \"" + name + "\" is not set",
            "set it, or add " + name + "=... to .env beside towpath.yml");
      }
      if (found != null && !found.isEmpty()) {
        used.put(found, "${" + name + "}");
      }
      out.append(found == null ? text.substring(open, close + 1) : found);
      at = close + 1;
      open = text.indexOf("${", at);
    }
    return out.append(text, at, text.length()).toString();
  }

  /**
   * The text with every {@code ${NAME}} replaced.
   *
   * @throws TowpathException naming those that are not set
   */
  public String resolve(String text) {
    List<String> missing = new ArrayList<>();
    Matcher names = NAME.matcher(text);
    StringBuilder out = new StringBuilder();
    while (names.find()) {
      String value = values.get(names.group(1));
      if (value == null) {
        missing.add(names.group(1));
      } else if (!value.isEmpty()) {
        used.put(value, names.group());
      }
      names.appendReplacement(out, Matcher.quoteReplacement(value == null ? "" : value));
    }
    names.appendTail(out);
    if (!missing.isEmpty()) {
      throw new TowpathException(
          "the environment variable \"" + missing.getFirst() + "\" is not set",
          "set it, or add " + missing.getFirst() + "=... to .env beside towpath.yml");
    }
    return out.toString();
  }

  /**
   * What {@code ${NAME}} stands for, unless that is nothing; who asks says that it is no secret.
   */
  public Optional<String> open(String name) {
    return Optional.ofNullable(values.get(name)).filter(value -> !value.isBlank());
  }

  /** The same of a secret. */
  public Optional<String> secret(String name) {
    return open(name).map(_ -> resolve("${" + name + "}"));
  }

  /** Makes the values known that a text will need once it is resolved. */
  void foresee(String text) {
    Matcher names = NAME.matcher(text);
    while (names.find()) {
      String value = values.get(names.group(1));
      if (value != null && !value.isEmpty()) {
        used.put(value, names.group());
      }
    }
  }

  /** A message of somebody who knows the values, with {@code ${NAME}} in place of each of them. */
  public String redacted(String message) {
    return redaction().apply(message);
  }

  /** The values used so far, with {@code ${NAME}} in place of each of them. */
  Redaction redaction() {
    Map<String, String> now = Map.copyOf(used);
    Redaction known = redaction;
    if (!known.knows(now)) {
      known = new Redaction(now);
      redaction = known;
    }
    return known;
  }
}
