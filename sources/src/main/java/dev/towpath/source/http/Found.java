package dev.towpath.source.http;

import dev.towpath.spi.Names;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the records of a reading hold beside their values: the names, and the greatest cursor. */
final class Found {
  private static final int MOST_NAMES = 2_000;

  private final @Nullable String cursorColumn;
  private final Map<String, Name> names = new LinkedHashMap<>();
  private final Map<String, String> spellings = new HashMap<>();
  private @Nullable String cursor;
  private long records;
  private String page = "";

  /** A name, the page it was first seen in, and the record it was last seen in. */
  private static final class Name {
    final String page;
    long record;

    Name(String page) {
      this.page = page;
    }
  }

  /** A record that cannot be a row, told in words. */
  static final class RecordException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String hint;

    RecordException(String message, String hint) {
      super(message);
      this.hint = hint;
    }

    String hint() {
      return hint;
    }
  }

  /**
   * Nothing found yet; the greatest value of the cursor's column is looked for, if there is one.
   */
  Found(Optional<String> cursorColumn) {
    this.cursorColumn = cursorColumn.orElse(null);
  }

  /** A page begins, under the name that messages give it. */
  void page(String name) {
    page = name;
  }

  /** A record begins. */
  void record() {
    records++;
  }

  /** A field of the record. */
  void name(String text) {
    Name known = names.get(text);
    if (known == null) {
      String other = spellings.putIfAbsent(Names.identity(text), text);
      if (other != null) {
        throw new RecordException(
            "its records have both \"" + other + "\" and \"" + text + "\"",
            "names that differ in case only are one column: declare \"columns\" without them, "
                + "or ask the API to leave one out");
      }
      if (names.size() == MOST_NAMES) {
        throw new RecordException(
            "its records have more than " + MOST_NAMES + " different fields",
            "they look like maps whose keys are data: set flatten: false, or another records:");
      }
      known = new Name(page);
      names.put(text, known);
    } else if (known.record == records) {
      throw new RecordException(
          "a record has two fields \"" + text + "\"",
          "if flatten: true made them one, leave it out");
    }
    known.record = records;
  }

  /** Whether the value of a field is the cursor's. */
  boolean isCursor(String name) {
    return cursorColumn != null && Names.identity(name).equals(Names.identity(cursorColumn));
  }

  /** A value of the cursor. */
  void cursor(String value) {
    cursor = cursor == null ? value : Following.greater(cursor, value);
  }

  Optional<String> cursor() {
    return Optional.ofNullable(cursor);
  }

  long records() {
    return records;
  }

  /** Every name, with the page it was first seen in. */
  Map<String, String> names() {
    Map<String, String> pages = new LinkedHashMap<>();
    names.forEach((name, seen) -> pages.put(name, seen.page));
    return pages;
  }
}
