package dev.towpath.core.yaml;

import java.util.Set;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * What a scalar without quotes is, by the core schema of YAML 1.2. Thread-safe and without regular
 * expressions: one serves all files, where the parser's own is built anew for each.
 */
final class CoreScalars implements ScalarResolver {
  private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");
  private static final Set<String> TRUTHS =
      Set.of("true", "True", "TRUE", "false", "False", "FALSE");
  private static final Set<String> NOT_FINITE =
      Set.of(".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN");

  /** The core schema with this in place of its own. */
  static final class Schema extends CoreSchema {
    private static final CoreScalars RESOLVER = new CoreScalars();

    @Override
    public ScalarResolver getScalarResolver() {
      return RESOLVER;
    }
  }

  @Override
  public Tag resolve(String value, Boolean implicit) {
    if (!implicit) {
      return Tag.STR;
    }
    if (value.length() <= 5) {
      if (NULLS.contains(value)) {
        return Tag.NULL;
      }
      if (TRUTHS.contains(value)) {
        return Tag.BOOL;
      }
    }
    char first = value.charAt(0);
    boolean number = (first >= '0' && first <= '9') || first == '.' || first == '-' || first == '+';
    return number ? number(value) : Tag.STR;
  }

  private static Tag number(String value) {
    if (value.startsWith("0x")) {
      return end(value, 2, 16) == value.length() && value.length() > 2 ? Tag.INT : Tag.STR;
    }
    if (value.startsWith("0o")) {
      return end(value, 2, 8) == value.length() && value.length() > 2 ? Tag.INT : Tag.STR;
    }
    int start = value.charAt(0) == '-' || value.charAt(0) == '+' ? 1 : 0;
    int whole = end(value, start, 10);
    if (whole == value.length() && whole > start) {
      return Tag.INT;
    }
    String unsigned = value.substring(start);
    boolean signedNan =
        start == 1
            && unsigned.length() > 1
            && unsigned.charAt(1) != 'i'
            && unsigned.charAt(1) != 'I';
    if (NOT_FINITE.contains(unsigned)) {
      return signedNan ? Tag.STR : Tag.FLOAT;
    }
    return isDecimal(value, start, whole) ? Tag.FLOAT : Tag.STR;
  }

  private static boolean isDecimal(String value, int start, int whole) {
    int at = whole;
    boolean digits = whole > start;
    if (at < value.length() && value.charAt(at) == '.') {
      int fraction = end(value, at + 1, 10);
      digits |= fraction > at + 1;
      at = fraction;
    }
    if (!digits) {
      return false;
    }
    if (at < value.length() && (value.charAt(at) == 'e' || value.charAt(at) == 'E')) {
      at++;
      if (at < value.length() && (value.charAt(at) == '-' || value.charAt(at) == '+')) {
        at++;
      }
      int exponent = end(value, at, 10);
      return exponent > at && exponent == value.length();
    }
    return at == value.length();
  }

  /** The index behind the digits of a radix from an index on. */
  private static int end(String value, int from, int radix) {
    int at = from;
    while (at < value.length()
        && value.charAt(at) < 128
        && Character.digit(value.charAt(at), radix) >= 0) {
      at++;
    }
    return at;
  }
}
