package dev.towpath.server;

import dev.towpath.core.project.Answering;
import dev.towpath.spi.Batch;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Names;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Slice;
import dev.towpath.spi.Statement;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Where the next page begins: the release that the first page was read from, so that no row is
 * missed or comes twice when another is published meanwhile, and the keys of the last row. It is
 * signed together with what was asked, so that nobody reads with it what they may not ask.
 */
record PageCursor(long release, List<Optional<String>> keys) {
  private static final int MAC_BYTES = 16;

  PageCursor {
    keys = List.copyOf(keys);
  }

  /** Signs and reads cursors of one server. */
  static final class Seal {
    private final SecretKeySpec key;

    Seal(String secret) {
      this.key =
          new SecretKeySpec(("cursor " + secret).getBytes(StandardCharsets.UTF_8), "HmacSHA256");
    }

    /**
     * A cursor as text.
     *
     * @param asked the endpoint and the values that it was called with
     */
    String write(PageCursor cursor, String asked) {
      List<@Nullable Object> keys = new ArrayList<>();
      keys.add(cursor.release());
      cursor.keys().forEach(k -> keys.add(k.orElse(null)));
      byte[] text = Json.write(keys).getBytes(StandardCharsets.UTF_8);
      byte[] all = Arrays.copyOf(mac(text, asked), MAC_BYTES + text.length);
      System.arraycopy(text, 0, all, MAC_BYTES, text.length);
      return Base64.getUrlEncoder().withoutPadding().encodeToString(all);
    }

    /** Reads one; a 400 when it was not given for this. */
    PageCursor read(String text, String asked) {
      try {
        byte[] all = Base64.getUrlDecoder().decode(text);
        byte[] plain = Arrays.copyOfRange(all, Math.min(MAC_BYTES, all.length), all.length);
        byte[] mac = Arrays.copyOf(all, MAC_BYTES);
        if (MessageDigest.isEqual(mac, mac(plain, asked))
            && Json.parse(plain) instanceof List<?> list
            && list.getFirst() instanceof Long release) {
          List<Optional<String>> keys = new ArrayList<>();
          for (Object key : list.subList(1, list.size())) {
            keys.add(Optional.ofNullable(key).map(String::valueOf));
          }
          return new PageCursor(release, keys);
        }
      } catch (IllegalArgumentException | Json.MalformedException e) {
        throw wrong();
      }
      throw wrong();
    }

    private static Refusal wrong() {
      return Refusal.bad(
          "cursor",
          "this is no cursor of this request",
          "give back what \"next\" said, with the same parameters");
    }

    private byte[] mac(byte[] text, String asked) {
      try {
        Mac mac = Mac.getInstance(key.getAlgorithm());
        mac.init(key);
        mac.update(asked.getBytes(StandardCharsets.UTF_8));
        mac.update((byte) 0);
        return Arrays.copyOf(mac.doFinal(text), MAC_BYTES);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e); // every JDK has it
      }
    }
  }

  /** The positions of the columns that pages are ordered by. */
  static List<Slice.Key> keys(Answering.Page page, Schema columns) {
    List<String> names = columns.names().stream().map(Names::identity).toList();
    return page.by().stream()
        .map(k -> new Slice.Key(names.indexOf(Names.identity(k.column())), k.descending()))
        .toList();
  }

  /** The keys as values to bind. */
  List<Optional<Statement.Bound>> after(List<Slice.Key> by, Schema columns) {
    List<Optional<Statement.Bound>> values = new ArrayList<>();
    for (int i = 0; i < by.size(); i++) {
      DataType type = columns.columns().get(by.get(i).column()).type();
      values.add(keys.get(i).map(text -> new Statement.Bound(text, type)));
    }
    return values;
  }

  /** The cursor that comes after a row. */
  static PageCursor after(long release, Batch batch, int row, List<Slice.Key> by) {
    List<Optional<String>> keys = new ArrayList<>();
    for (Slice.Key key : by) {
      keys.add(Optional.ofNullable(batch.column(key.column()).value(row)).map(Call::plain));
    }
    return new PageCursor(release, keys);
  }
}
