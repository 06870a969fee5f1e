package dev.towpath.server.page;

import java.util.Map;
import java.util.Optional;

/** Formats of the file in the notation of Plotly, which is d3's. */
final class Formats {
  private static final Map<String, String> NAMED =
      Map.of(
          "integer", ",d",
          "compact", ".3s",
          "bytes", ".3s",
          "duration", ",.0f",
          "date", "%d %b %Y",
          "datetime", "%d %b %Y %H:%M",
          "month", "%b %Y");

  private Formats() {}

  /**
   * A format for axes and marks.
   *
   * @param text what d3 knows
   * @param before what it has no sign for, such as another currency than the dollar
   */
  record D3(String text, Optional<String> before) {}

  static D3 of(String format) {
    int colon = format.indexOf(':');
    String name = colon < 0 ? format : format.substring(0, colon);
    Optional<String> argument =
        colon < 0 ? Optional.empty() : Optional.of(format.substring(colon + 1));
    return switch (name) {
      case "decimal" -> plain(",." + argument.orElse("2") + "f");
      case "percent" -> plain("." + argument.orElse("1") + "%");
      case "currency" -> new D3(",.2f", Optional.of(argument.orElse("EUR") + " "));
      default -> {
        String known = NAMED.get(format);
        if (known != null) {
          yield plain(known);
        }
        int sign = Math.max(format.indexOf('€'), format.indexOf('£'));
        yield sign < 0
            ? plain(format)
            : new D3(
                format.substring(0, sign) + format.substring(sign + 1),
                Optional.of(format.substring(sign, sign + 1)));
      }
    };
  }

  private static D3 plain(String text) {
    return new D3(text, Optional.empty());
  }
}
