package dev.towpath.core.access;

import dev.towpath.spi.Names;
import dev.towpath.spi.TowpathException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What a person may do; each may do what those before it may. */
public enum Role {
  /** Reads tables, endpoints and dashboards. */
  VIEWER,
  /** Starts, stops and repeats runs, too: whatever the project's files already say. */
  EDITOR,
  /** Everything: users, tokens, rollbacks, the audit log. */
  ADMIN;

  /** Whether it may do what another may. */
  public boolean isAtLeast(Role other) {
    return compareTo(other) >= 0;
  }

  /** The lesser of two. */
  public Role atMost(Role other) {
    return compareTo(other) <= 0 ? this : other;
  }

  /** As files and people write it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The words of all. */
  public static List<String> words() {
    return Stream.of(values()).map(Role::word).toList();
  }

  /**
   * The role of a word.
   *
   * @throws TowpathException naming the roles when it is none
   */
  public static Role parse(String word) {
    return Stream.of(values())
        .filter(r -> r.word().equals(word))
        .findFirst()
        .orElseThrow(() ->
            new TowpathException(
                "unknown role \"" + word + "\"",
                Names.nearest(word, words())
                    .map(n -> "did you mean \"" + n + "\"?")
                    .orElse("there are: " + String.join(", ", words()))));
  }
}
