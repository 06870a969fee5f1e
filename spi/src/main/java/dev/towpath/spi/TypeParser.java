package dev.towpath.spi;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads DuckDB type texts by recursive descent. */
final class TypeParser {
  private static final Map<String, String> SIMPLE = simpleNames();

  private final String text;
  private int at;

  TypeParser(String text) {
    this.text = text;
  }

  private static Map<String, String> simpleNames() {
    Map<String, String> names = new TreeMap<>();
    for (String group :
        List.of(
            "BOOLEAN bool logical",
            "TINYINT int1",
            "SMALLINT int2 short int16",
            "INTEGER int int4 signed int32",
            "BIGINT int8 long int64",
            "HUGEINT int128",
            "UTINYINT uint8",
            "USMALLINT uint16",
            "UINTEGER uint32",
            "UBIGINT uint64",
            "UHUGEINT uint128",
            "FLOAT float4 real",
            "DOUBLE float8",
            "VARCHAR char bpchar text string nvarchar",
            "BLOB bytea binary varbinary",
            "DATE",
            "TIME",
            "TIME_NS",
            "TIMESTAMP datetime",
            "TIMESTAMP_S",
            "TIMESTAMP_MS",
            "TIMESTAMP_NS",
            "TIMESTAMP_US",
            "JSON",
            "UUID guid",
            "BIT bitstring",
            "INTERVAL",
            "BIGNUM varint",
            "VARIANT",
            "GEOMETRY")) {
      String[] words = group.split(" ");
      for (String word : words) {
        names.put(word.toUpperCase(Locale.ROOT), words[0]);
      }
    }
    names.put("TIMESTAMP_US", "TIMESTAMP");
    names.put("TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE");
    names.put("TIMETZ", "TIME WITH TIME ZONE");
    names.put("\"NULL\"", "\"NULL\"");
    return names;
  }

  DataType parse() {
    DataType type = type();
    space();
    if (at < text.length()) {
      throw unknown();
    }
    return type;
  }

  private DataType type() {
    space();
    DataType type = base();
    space();
    while (at < text.length() && text.charAt(at) == '[') {
      at++;
      space();
      String digits = digits();
      expect(']');
      type =
          digits.isEmpty()
              ? new DataType.ListOf(type)
              : new DataType.ArrayOf(type, Integer.parseInt(digits));
      space();
    }
    return type;
  }

  private DataType base() {
    if (text.startsWith("\"NULL\"", at)) {
      at += 6;
      return new DataType.Simple("INTEGER");
    }
    String word = word();
    return switch (word) {
      case "STRUCT", "ROW" -> new DataType.Struct(members());
      case "UNION" -> new DataType.Union(members());
      case "MAP" -> map();
      case "ENUM" -> new DataType.EnumOf(values());
      case "LIST" -> {
        expect('(');
        DataType element = type();
        expect(')');
        yield new DataType.ListOf(element);
      }
      case "DECIMAL", "NUMERIC", "DEC" -> decimal();
      default -> simple(word);
    };
  }

  private DataType simple(String word) {
    String name = word;
    if (word.equals("TIMESTAMP") || word.equals("TIME")) {
      if (phrase("WITH TIME ZONE")) {
        name = word + "TZ";
      } else {
        phrase("WITHOUT TIME ZONE");
      }
    } else if (word.equals("DOUBLE")) {
      phrase("PRECISION");
    }
    String canonical = SIMPLE.get(name);
    if (canonical == null) {
      throw unknown();
    }
    space();
    if (canonical.equals("VARCHAR") && peek('(')) { // a length means nothing in DuckDB
      at++;
      digits();
      expect(')');
    }
    return new DataType.Simple(canonical);
  }

  private DataType decimal() {
    space();
    if (!peek('(')) {
      return new DataType.Decimal(18, 3);
    }
    at++;
    space();
    int precision = number();
    space();
    int scale = 0;
    if (peek(',')) {
      at++;
      space();
      scale = number();
    }
    expect(')');
    if (precision < 1 || precision > 38 || scale > precision) {
      throw new TowpathException(
          "\"" + text + "\" is not a type",
          "DECIMAL takes a precision of 1 to 38 and a scale up to it");
    }
    return new DataType.Decimal(precision, scale);
  }

  private DataType map() {
    expect('(');
    DataType key = type();
    expect(',');
    DataType value = type();
    expect(')');
    return new DataType.MapOf(key, value);
  }

  private List<Column> members() {
    List<Column> members = new ArrayList<>();
    expect('(');
    do {
      space();
      String name = peek('"') ? quoted('"') : rawWord();
      members.add(new Column(name, type()));
      space();
    } while (comma());
    expect(')');
    return members;
  }

  private List<String> values() {
    List<String> values = new ArrayList<>();
    expect('(');
    do {
      space();
      values.add(quoted('\''));
      space();
    } while (comma());
    expect(')');
    return values;
  }

  private boolean comma() {
    if (peek(',')) {
      at++;
      return true;
    }
    return false;
  }

  private String quoted(char quote) {
    if (!peek(quote)) {
      throw unknown();
    }
    StringBuilder out = new StringBuilder();
    at++;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == quote) {
        if (!peek(quote)) {
          return out.toString();
        }
        at++;
      }
      out.append(c);
    }
    throw unknown();
  }

  private String word() {
    return rawWord().toUpperCase(Locale.ROOT);
  }

  private String rawWord() {
    int start = at;
    while (at < text.length()
        && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
      at++;
    }
    if (start == at) {
      throw unknown();
    }
    return text.substring(start, at);
  }

  private String digits() {
    int start = at;
    while (at < text.length() && Character.isDigit(text.charAt(at))) {
      at++;
    }
    return text.substring(start, at);
  }

  private int number() {
    String digits = digits();
    if (digits.isEmpty() || digits.length() > 9) {
      throw unknown();
    }
    return Integer.parseInt(digits);
  }

  private boolean phrase(String words) {
    int save = at;
    for (String word : words.split(" ")) {
      space();
      if (!text.regionMatches(true, at, word, 0, word.length())) {
        at = save;
        return false;
      }
      at += word.length();
    }
    return true;
  }

  private boolean peek(char c) {
    return at < text.length() && text.charAt(at) == c;
  }

  private void expect(char c) {
    space();
    if (!peek(c)) {
      throw unknown();
    }
    at++;
  }

  private void space() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private TowpathException unknown() {
    Optional<String> nearest =
        Names.nearest(text, SIMPLE.keySet()).map(n -> n.toLowerCase(Locale.ROOT));
    return new TowpathException(
        "\"" + text + "\" is not a type",
        nearest.map(n -> "did you mean \"" + n + "\"?").orElse(null));
  }
}
