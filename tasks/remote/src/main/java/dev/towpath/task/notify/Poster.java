package dev.towpath.task.notify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.towpath.spi.Notifier;
import dev.towpath.spi.TowpathException;
import dev.towpath.task.http.Answer;
import dev.towpath.task.http.Exchange;
import dev.towpath.task.http.Request;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Posts JSON; what goes wrong is told with the server's name only, since the URL is a secret. */
final class Poster {
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Exchange exchange;

  Poster(Exchange exchange) {
    this.exchange = exchange;
  }

  /** What is to be posted, as bytes. */
  static byte[] bytes(Map<String, Object> document) {
    try {
      return JSON.writeValueAsBytes(new TreeMap<>(document));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a document of texts", e);
    }
  }

  void post(Notifier.Receiver receiver, byte[] body, Map<String, String> more) {
    URI uri = Request.url("notify", receiver.address());
    Map<String, String> headers = new TreeMap<>(more);
    headers.put("Content-Type", "application/json");
    Answer answer =
        exchange.ask(
            new Request("POST", uri, headers, Optional.of(body), "POST to " + uri.getHost()),
            PATIENCE);
    if (answer.status() / 100 != 2) {
      throw new TowpathException(
          uri.getHost()
              + " answered "
              + answer.words()
              + answer.said().replace(new String(body, StandardCharsets.UTF_8), ""),
          "see whether the URL under notify: is still right");
    }
  }
}
