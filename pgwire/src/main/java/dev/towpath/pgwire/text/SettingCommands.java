package dev.towpath.pgwire.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** SET, RESET and SHOW. */
final class SettingCommands {
  private SettingCommands() {}

  static Command set(Words words) {
    boolean local = words.pass("local");
    if (words.pass("session", "characteristics", "as", "transaction")
        || words.pass("transaction")) {
      Commands.modes(words);
      return new Command.Nothing("SET");
    }
    if (words.pass("session", "authorization") || words.pass("role")) {
      return identity(words);
    }
    words.pass("session");
    if (words.pass("time", "zone")) {
      return value(words, "timezone", local);
    }
    if (words.pass("names")) {
      return value(words, "client_encoding", local);
    }
    String name = name(words);
    if (!words.passSymbol("=")) {
      words.expect("to");
    }
    return value(words, name, local);
  }

  /** Being somebody else is refused; being oneself again is nothing. */
  private static Command identity(Words words) {
    if (words.passAny("default", "none")) {
      words.end();
      return new Command.Nothing("SET");
    }
    throw words.unexpected();
  }

  static Command reset(Words words) {
    if (words.pass("all")) {
      words.end();
      return new Command.Reset(Optional.empty());
    }
    if (words.pass("session", "authorization") || words.pass("role")) {
      words.end();
      return new Command.Nothing("RESET");
    }
    String name = settingName(words);
    words.end();
    return new Command.Reset(Optional.of(name));
  }

  static Command show(Words words) {
    Optional<String> name = words.pass("all") ? Optional.empty() : Optional.of(settingName(words));
    words.end();
    return new Command.Show(name);
  }

  private static String settingName(Words words) {
    if (words.pass("time", "zone")) {
      return "timezone";
    }
    if (words.pass("transaction", "isolation", "level")) {
      return "transaction_isolation";
    }
    return words.pass("session", "authorization") ? "session_authorization" : name(words);
  }

  /** A name that may have a part before it. */
  private static String name(Words words) {
    StringBuilder name = new StringBuilder(words.name());
    while (words.passSymbol(".")) {
      name.append('.').append(words.name());
    }
    return name.toString();
  }

  private static Command value(Words words, String name, boolean local) {
    if (words.pass("default")) {
      words.end();
      return new Command.Set(name, Optional.empty(), local);
    }
    List<String> values = new ArrayList<>();
    do {
      String sign = words.passSymbol("-") ? "-" : "";
      values.add(sign + words.next().value());
    } while (words.passSymbol(","));
    words.end();
    return new Command.Set(name, Optional.of(Commands.joined(values)), local);
  }
}
