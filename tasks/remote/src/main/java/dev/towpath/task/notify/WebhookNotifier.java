package dev.towpath.task.notify;

import dev.towpath.spi.Notifier;
import dev.towpath.task.http.Exchange;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Posts what happened as JSON; signed over the body when there is a secret. */
public final class WebhookNotifier implements Notifier {
  private final Poster poster;

  public WebhookNotifier(Exchange exchange) {
    this.poster = new Poster(exchange);
  }

  @Override
  public String type() {
    return "webhook";
  }

  @Override
  public void send(Receiver receiver, Message message) {
    Map<String, Object> document = new TreeMap<>(message.facts());
    document.put("id", message.id());
    document.put("subject", message.subject());
    document.put("text", message.text());
    byte[] body = Poster.bytes(document);
    Map<String, String> headers = new TreeMap<>();
    headers.put("Towpath-Delivery", message.id());
    receiver
        .secret()
        .ifPresent(secret -> headers.put("Towpath-Signature", "sha256=" + signature(secret, body)));
    poster.post(receiver, body, headers);
  }

  /** HMAC-SHA256 of the body, in hexadecimal digits. */
  static String signature(String secret, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }
}
