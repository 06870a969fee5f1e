package dev.towpath.task.notify;

import dev.towpath.spi.MailServer;
import dev.towpath.spi.Notifier;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;

/** Tells people by mail. */
public final class EmailNotifier implements Notifier {
  private final Mailer mailer;

  /**
   * A notifier.
   *
   * @param server asked for with each mail, since the project may change
   */
  public EmailNotifier(Supplier<Optional<MailServer>> server, Clock clock) {
    this.mailer = new Mailer(server, clock);
  }

  @Override
  public String type() {
    return "email";
  }

  @Override
  public void send(Receiver receiver, Message message) {
    mailer.send(
        new Mailer.Letter(
            message.id(), receiver.address(), message.subject(), message.text(), Optional.empty()),
        "notify:");
  }
}
