package dev.towpath.core.project;

import dev.towpath.spi.Names;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/** What may be a name. Spaces inside, Unicode, upper case and reserved words are all fine. */
final class NameRules {
  private static final Set<String> RESERVED =
      Set.of("main", "temp", "system", "information_schema");
  private static final int LONGEST = 200;
  private static final int SHOWN = 80;

  private NameRules() {}

  /** What is wrong with a schema's or table's name, to follow {@code the name "x" }. */
  static Optional<String> mistake(String name) {
    if (name.isEmpty()) {
      return Optional.of("is empty");
    }
    if (Character.isWhitespace(name.codePointAt(0))
        || Character.isWhitespace(name.codePointBefore(name.length()))) {
      return Optional.of("starts or ends with a space");
    }
    if (name.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
      return Optional.of("is longer than " + LONGEST + " bytes");
    }
    if (name.indexOf('/') >= 0 || name.indexOf('\\') >= 0) {
      return Optional.of("holds a path separator");
    }
    for (int i = 0; i < name.length(); i += Character.charCount(name.codePointAt(i))) {
      int c = name.codePointAt(i);
      Optional<String> mistake = mistake(c);
      if (mistake.isPresent()) {
        return mistake;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> mistake(int c) {
    if (c == '.') {
      return Optional.of("holds a dot, which divides schema and table");
    }
    return switch (Character.getType(c)) {
      case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
          Optional.of("holds a control character");
      case Character.SURROGATE, Character.UNASSIGNED ->
          Optional.of("holds a code that is no character");
      default -> c == 0xFFFD ? Optional.of("is not UTF-8") : Optional.empty();
    };
  }

  /** What is wrong with a schema's name. */
  static Optional<String> schemaMistake(String schema) {
    String identity = Names.identity(schema);
    if (RESERVED.contains(identity)
        || identity.startsWith("pg_")
        || identity.startsWith("towpath")) {
      return Optional.of("is reserved for the system");
    }
    return mistake(schema);
  }

  /** The name without characters that would disturb a terminal, cut when it is long. */
  static String shown(String name) {
    StringBuilder out = new StringBuilder();
    name.codePoints()
        .limit(SHOWN)
        .forEach(c -> {
          if (Character.isISOControl(c) || c == 0x2028 || c == 0x2029) {
            out.append(String.format("\\u%04x", c));
          } else {
            out.appendCodePoint(c);
          }
        });
    return name.codePointCount(0, name.length()) > SHOWN ? out + "…" : out.toString();
  }

  /** Whether SQL can say {@code $name}. */
  static boolean isParameter(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      if (!letter && (i == 0 || c < '0' || c > '9')) {
        return false;
      }
    }
    return !name.isEmpty();
  }

  /** A table's name from text; empty when it is not {@code schema.table}. */
  static Optional<TableName> table(String text) {
    try {
      TableName name = TableName.parse(text);
      return mistake(name.table()).isEmpty() ? Optional.of(name) : Optional.empty();
    } catch (TowpathException _) {
      return Optional.empty();
    }
  }
}
