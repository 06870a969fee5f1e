package dev.towpath.task.notify;

import dev.towpath.spi.Notifier;
import dev.towpath.task.http.Exchange;
import java.util.Map;

/** Posts a text as Slack's incoming webhooks take it, and Mattermost's and others' too. */
public final class SlackNotifier implements Notifier {
  private final Poster poster;

  public SlackNotifier(Exchange exchange) {
    this.poster = new Poster(exchange);
  }

  @Override
  public String type() {
    return "slack";
  }

  @Override
  public void send(Receiver receiver, Message message) {
    String text =
        "*" + escaped(message.subject()) + "*\n```\n" + escaped(message.text().strip()) + "\n```";
    poster.post(receiver, Poster.bytes(Map.of("text", text)), Map.of());
  }

  /** Its three characters of markup; a name in an error must not call anybody. */
  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
