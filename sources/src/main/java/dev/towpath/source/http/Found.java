package dev.towpath.source.http;

import com.fasterxml.jackson.core.JsonToken;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Names;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the records of a reading hold beside their values: the names, and the greatest cursor. */
final class Found {
  private static final int MOST_NAMES = 2_000;

  /** What to do about a cursor without an order. */
  static final String UNSORTED =
      "a cursor is a number, a time as ISO 8601 writes it, or a name of fixed length that grows:"
          + " use another field, or mode: full";

  private final @Nullable String cursorColumn;
  private final Map<String, Name> names = new LinkedHashMap<>();
  private final Map<String, String> spellings = new HashMap<>();
  private @Nullable String cursor;
  private long records;
  private String page = "";

  /** Values that an engine would bend to fit a column. */
  enum Kind {
    /** A number with a fraction. */
    FRACTION,
    /** True or false. */
    TRUTH,
    /** Any number. */
    NUMBER;

    boolean fits(DataType type) {
      String name = type.sql();
      return switch (this) {
        case FRACTION -> !name.endsWith("INT") && !name.equals("INTEGER");
        case TRUTH ->
            !name.endsWith("INT")
                && !Set.of("INTEGER", "DOUBLE", "FLOAT").contains(name)
                && !(type instanceof DataType.Decimal);
        case NUMBER -> !name.equals("BOOLEAN");
      };
    }
  }

  /** The first value of a kind, and the page it stands in. */
  record Example(String page, String text) {}

  /** A name, the page it was first seen in, and the record it was last seen in. */
  private static final class Name {
    final String page;
    final Map<Kind, Example> examples = new EnumMap<>(Kind.class);
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

  /** The value of a field, where it is a number or a truth. */
  void value(String name, JsonToken token, String text) {
    Name known = names.get(name);
    if (known == null) {
      return;
    }
    Kind kind =
        switch (token) {
          case VALUE_TRUE, VALUE_FALSE -> Kind.TRUTH;
          case VALUE_NUMBER_FLOAT -> whole(text) ? Kind.NUMBER : Kind.FRACTION;
          default -> Kind.NUMBER;
        };
    if (!known.examples.containsKey(kind)) {
      known.examples.put(kind, new Example(page, text));
      known.examples.putIfAbsent(
          kind == Kind.FRACTION ? Kind.NUMBER : kind, new Example(page, text));
    }
  }

  private static boolean whole(String number) {
    int dot = number.indexOf('.');
    return dot > 0 && number.chars().skip(dot + 1L).allMatch(c -> c == '0');
  }

  /** The first value of a kind in a column. */
  Optional<Example> example(String column, Kind kind) {
    return Optional.ofNullable(spellings.get(Names.identity(column)))
        .map(names::get)
        .map(name -> name.examples.get(kind));
  }

  /** Whether the value of a field is the cursor's. */
  boolean isCursor(String name) {
    return cursorColumn != null && Names.identity(name).equals(Names.identity(cursorColumn));
  }

  /** A value of the cursor. */
  void cursor(String value) {
    try {
      cursor = cursor == null ? value : Following.greater(cursor, value);
    } catch (IllegalArgumentException e) {
      throw new RecordException(
          "nobody can tell which \"%s\" is the later one, \"%s\" or \"%s\""
              .formatted(cursorColumn, cursor, value),
          UNSORTED);
    }
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
