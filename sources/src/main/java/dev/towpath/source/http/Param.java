package dev.towpath.source.http;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** One parameter of a query; a name may occur several times. */
record Param(String name, String value) {

  /** The parameters as a URL spells them. */
  static String encoded(List<Param> params) {
    return params.stream()
        .map(p -> encode(p.name) + "=" + encode(p.value))
        .collect(Collectors.joining("&"));
  }

  /** The parameters as people read them. */
  static String shown(List<Param> params) {
    return params.stream().map(p -> p.name + "=" + p.value).collect(Collectors.joining("&"));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
