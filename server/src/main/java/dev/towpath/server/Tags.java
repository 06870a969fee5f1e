package dev.towpath.server;

import java.util.Optional;

/** Entity tags, by which clients say what they have already. */
final class Tags {
  private Tags() {}

  /**
   * Whether the client has what a tag says.
   *
   * @param known the header {@code If-None-Match}
   */
  static boolean knows(Optional<String> known, String tag) {
    if (known.isEmpty()) {
      return false;
    }
    for (String one : known.get().split(",", -1)) {
      String text = one.strip();
      if (text.equals("*") || text.equals(tag) || text.equals("W/" + tag)) {
        return true;
      }
    }
    return false;
  }
}
