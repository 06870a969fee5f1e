package dev.towpath.engine.duckdb.analyze;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * The SHA-256 of a syntax tree without what formatting changes. Every value is written with its
 * kind and length, so that no two trees write the same bytes.
 */
final class Canonical {
  /** Positions, and the parameters' numbers, which follow from where they stand. */
  static final Set<String> LEFT_OUT =
      Set.of("query_location", "query_location_length", "named_param_map");

  private final StringBuilder out = new StringBuilder(16_384);

  private Canonical() {}

  static String hash(Json tree) {
    Canonical canonical = new Canonical();
    canonical.write(tree);
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] bytes = canonical.out.toString().getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(digest.digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private void write(Json value) {
    switch (value) {
      case Json.Obj(List<String> keys, List<Json> values) -> {
        out.append('{');
        for (int i = 0; i < keys.size(); i++) {
          String key = keys.get(i);
          if (!LEFT_OUT.contains(key)) {
            out.append(key).append(':');
            write(values.get(i));
          }
        }
        out.append('}');
      }
      case Json.Arr(List<Json> values) -> {
        out.append('[');
        values.forEach(this::write);
        out.append(']');
      }
      case Json.Scalar(String text, boolean isText) ->
          out.append(isText ? '"' : '#').append(text.length()).append(':').append(text);
    }
  }
}
