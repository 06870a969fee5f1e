package dev.towpath.pgwire.type;

import dev.towpath.pgwire.wire.Outbox;
import dev.towpath.spi.Batch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Arrays of one dimension. */
final class Arrays {
  private Arrays() {}

  static Encoder binary(PgType type, Encoder elements) {
    return (out, values, row) -> {
      List<?> list = list(values, row);
      Batch.Vector vector = new ObjectVector(list);
      out.int32(list.isEmpty() ? 0 : 1);
      out.int32(list.stream().anyMatch(Objects::isNull) ? 1 : 0).int32(type.oid());
      if (!list.isEmpty()) {
        out.int32(list.size()).int32(1);
      }
      for (int i = 0; i < list.size(); i++) {
        if (vector.isNull(i)) {
          out.int32(-1);
        } else {
          int mark = out.mark();
          elements.write(out, vector, i);
          out.length(mark);
        }
      }
    };
  }

  static Encoder text(PgType type, Encoder elements) {
    return (out, values, row) -> {
      List<?> list = list(values, row);
      Batch.Vector vector = new ObjectVector(list);
      Outbox scratch = Outbox.scratch();
      out.int8('{');
      for (int i = 0; i < list.size(); i++) {
        if (i > 0) {
          out.int8(',');
        }
        if (vector.isNull(i)) {
          out.chars("NULL");
        } else {
          elements.write(scratch, vector, i);
          element(out, scratch.take());
        }
      }
      out.int8('}');
    };
  }

  private static List<? extends @Nullable Object> list(Batch.Vector values, int row) {
    return (List<?>) Objects.requireNonNull(values.value(row));
  }

  private static void element(Outbox out, byte[] text) {
    if (!mustQuote(text)) {
      out.bytes(text);
      return;
    }
    out.int8('"');
    for (byte b : text) {
      if (b == '"' || b == '\\') {
        out.int8('\\');
      }
      out.int8(b);
    }
    out.int8('"');
  }

  private static boolean mustQuote(byte[] text) {
    for (byte b : text) {
      if ((b <= ' ' && b >= 0) || b == '"' || b == '\\' || b == '{' || b == '}' || b == ',') {
        return true;
      }
    }
    return text.length == 0
        || (text.length == 4
            && new String(text, StandardCharsets.UTF_8).toUpperCase(Locale.ROOT).equals("NULL"));
  }

  /** The elements of an array in text, such as {@code {1,NULL,"a b"}}; empty when it is none. */
  static Optional<List<Optional<String>>> parse(String text) {
    String inner = text.strip();
    if (!inner.startsWith("{") || !inner.endsWith("}") || inner.length() < 2) {
      return Optional.empty();
    }
    List<Optional<String>> elements = new ArrayList<>();
    int at = 1;
    int end = inner.length() - 1;
    while (at < end) {
      StringBuilder element = new StringBuilder();
      boolean quoted = false;
      boolean inside = false;
      for (; at < end; at++) {
        char c = inner.charAt(at);
        if (c == '\\' && at + 1 < end) {
          element.append(inner.charAt(++at));
          quoted = true;
        } else if (c == '"') {
          inside = !inside;
          quoted = true;
        } else if (c == ',' && !inside) {
          break;
        } else if ((c == '{' || c == '}') && !inside) {
          return Optional.empty();
        } else {
          element.append(c);
        }
      }
      if (inside) {
        return Optional.empty();
      }
      String value = quoted ? element.toString() : element.toString().strip();
      boolean isNull = !quoted && value.equalsIgnoreCase("NULL");
      elements.add(isNull ? Optional.empty() : Optional.of(value));
      at++;
      if (at == end && inner.charAt(at - 1) == ',') {
        return Optional.empty();
      }
    }
    return Optional.of(elements);
  }
}
