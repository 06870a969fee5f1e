package dev.towpath.server;

import dev.towpath.core.store.RunFilter;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;

/** Where the next page of a list of runs begins, as clients hand it back. */
final class Cursor {
  private Cursor() {}

  static String text(RunFilter.Position position) {
    String plain = position.created() + " " + position.id();
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(plain.getBytes(StandardCharsets.UTF_8));
  }

  /** Reads one; a 400 when it was not made here. */
  static RunFilter.Position parse(String text) {
    try {
      String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
      int space = plain.indexOf(' ');
      if (space > 0) {
        return new RunFilter.Position(
            Instant.parse(plain.substring(0, space)), plain.substring(space + 1));
      }
    } catch (IllegalArgumentException | DateTimeException e) {
      throw Refusal.bad("cursor", "this is no cursor", "give back what \"next\" said");
    }
    throw Refusal.bad("cursor", "this is no cursor", "give back what \"next\" said");
  }
}
