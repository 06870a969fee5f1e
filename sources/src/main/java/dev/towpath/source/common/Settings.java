package dev.towpath.source.common;

import dev.towpath.spi.Names;
import dev.towpath.spi.Problem;
import dev.towpath.spi.SourceTable;
import dev.towpath.spi.TowpathException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one table, read with their types. A key of the table wins over the same key of its
 * source. What is wrong is collected, so that all of it is told at once.
 */
public final class Settings {
  private final SourceTable table;
  private final List<Problem> problems = new ArrayList<>();

  /** Reads nothing yet. */
  public Settings(SourceTable table) {
    this.table = table;
  }

  /** The value as it stands, if there is one. */
  public Optional<Object> value(String key) {
    Object own = table.options().get(key);
    return Optional.ofNullable(own == null ? table.sourceOptions().get(key) : own);
  }

  /** A text, or a number or truth value as text. */
  public Optional<String> text(String key) {
    return value(key).flatMap(value -> asText(key, value));
  }

  /** One text or a list of them; empty when the key is absent. */
  public List<String> texts(String key, @Nullable Object value) {
    if (value instanceof List<?> list) {
      List<String> texts = new ArrayList<>();
      for (Object item : list) {
        if (item == null) {
          problem(key, "\"" + key + "\" holds an empty item", "remove it or give it a text");
        } else {
          asText(key, item).ifPresent(texts::add);
        }
      }
      return texts;
    }
    return value == null ? List.of() : asText(key, value).stream().toList();
  }

  /** One of a few words, lower case. */
  public String word(String key, String absent, List<String> words) {
    Optional<String> text = text(key);
    if (text.isEmpty()) {
      return absent;
    }
    String word = text.get().toLowerCase(Locale.ROOT);
    if (words.contains(word)) {
      return word;
    }
    String all = "write one of " + String.join(", ", words);
    problem(
        key,
        "\"" + key + "\" cannot be \"" + text.get() + "\"",
        Names.nearest(word, words).map(near -> "did you mean \"" + near + "\"?").orElse(all));
    return absent;
  }

  /** Yes or no. */
  public boolean truth(String key, boolean absent) {
    return Boolean.parseBoolean(word(key, Boolean.toString(absent), List.of("true", "false")));
  }

  /** Exactly one character; {@code \t} means a tab. */
  public Optional<String> character(String key) {
    Optional<String> text = text(key).map(value -> value.equals("\\t") ? "\t" : value);
    if (text.isPresent() && text.get().codePointCount(0, text.get().length()) != 1) {
      problem(
          key,
          "\"" + key + "\" must be one character, not \"" + text.get() + "\"",
          "for a tab write \"\\t\"");
      return Optional.empty();
    }
    return text;
  }

  /** Notes something that is wrong with the table. */
  public void problem(String message, String hint) {
    problems.add(Problem.error(table.location(), message, hint));
  }

  /**
   * Notes something that is wrong with a key.
   *
   * @param key it, or what is below it, such as {@code pagination.next}
   */
  public void problem(String key, String message, String hint) {
    problems.add(Problem.error(table.at(key), message, hint));
  }

  /** What is wrong so far. */
  public List<Problem> problems() {
    return List.copyOf(problems);
  }

  /** Throws when something is wrong. */
  public void verify() {
    if (!problems.isEmpty()) {
      throw new TowpathException(problems);
    }
  }

  private Optional<String> asText(String key, Object value) {
    if (value instanceof String || value instanceof Number || value instanceof Boolean) {
      return Optional.of(value.toString());
    }
    problem(key, "\"" + key + "\" must be a text", "put the value in quotes");
    return Optional.empty();
  }
}
