package dev.towpath.task.notify;

import dev.towpath.spi.MailServer;
import dev.towpath.spi.TowpathException;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.internet.MimeUtility;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Date;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Supplier;

/** Sends mail through one server. A mail that is sent twice has the same id both times. */
public final class Mailer {
  private static final String PATIENCE_MILLIS = "15000";

  private final Supplier<Optional<MailServer>> server;
  private final Clock clock;

  /**
   * A mailer.
   *
   * @param server asked for with each mail, since the project may change
   */
  public Mailer(Supplier<Optional<MailServer>> server, Clock clock) {
    this.server = server;
    this.clock = clock;
  }

  /**
   * A mail.
   *
   * @param id the same when it is sent again
   * @param to addresses with commas between them
   */
  public record Letter(
      String id, String to, String subject, String text, Optional<Attachment> attachment) {}

  /** A file that goes with a mail. */
  public record Attachment(Path file, String name, String type) {}

  /**
   * Sends a mail.
   *
   * @param where the key that has the addresses, for messages
   * @throws TowpathException in plain words and without secrets
   */
  public void send(Letter letter, String where) {
    MailServer smtp =
        server
            .get()
            .orElseThrow(() ->
                new TowpathException(
                    "no mail server is known",
                    "add to towpath.yml smtp: {host: mail.example.org, from: towpath@example.org}"));
    InternetAddress[] to = addresses(letter.to(), where);
    try {
      Session session = Session.getInstance(properties(smtp));
      MimeMessage mail = new Identified(session, letter.id() + "@" + domain(smtp.from()));
      mail.setFrom(new InternetAddress(smtp.from()));
      mail.setRecipients(RecipientType.TO, to);
      mail.setSubject(letter.subject().replaceAll("\\s+", " "), "UTF-8");
      fill(mail, letter);
      mail.setHeader("Auto-Submitted", "auto-generated");
      mail.setSentDate(Date.from(clock.instant()));
      mail.saveChanges();
      try (Transport transport = session.getTransport("smtp")) {
        transport.connect(
            smtp.host(), smtp.port(), smtp.user().orElse(null), smtp.password().orElse(null));
        transport.sendMessage(mail, to);
      }
    } catch (MessagingException e) {
      throw failure(smtp, e);
    } catch (IOException e) {
      throw new TowpathException("the file cannot be attached: " + e.getMessage(), null, e);
    }
  }

  private static void fill(MimeMessage mail, Letter letter) throws MessagingException, IOException {
    if (letter.attachment().isEmpty()) {
      mail.setText(letter.text(), "UTF-8");
      return;
    }
    Attachment attachment = letter.attachment().get();
    MimeBodyPart text = new MimeBodyPart();
    text.setText(letter.text(), "UTF-8");
    MimeBodyPart file = new MimeBodyPart();
    file.attachFile(attachment.file().toFile(), attachment.type(), "base64");
    file.setFileName(MimeUtility.encodeText(attachment.name(), "UTF-8", null));
    mail.setContent(new MimeMultipart(text, file));
  }

  private static InternetAddress[] addresses(String text, String where) {
    try {
      InternetAddress[] to = InternetAddress.parse(text, true);
      if (to.length > 0) {
        return to;
      }
    } catch (AddressException e) {
      throw new TowpathException(
          "an e-mail address under " + where + " cannot be read", "write name@example.org", e);
    }
    throw new TowpathException("no e-mail address under " + where, "write name@example.org");
  }

  private static Properties properties(MailServer smtp) {
    Properties properties = new Properties();
    properties.setProperty("mail.smtp.connectiontimeout", PATIENCE_MILLIS);
    properties.setProperty("mail.smtp.timeout", PATIENCE_MILLIS);
    properties.setProperty("mail.smtp.writetimeout", PATIENCE_MILLIS);
    properties.setProperty("mail.smtp.auth", String.valueOf(smtp.user().isPresent()));
    properties.setProperty("mail.smtp.ssl.checkserveridentity", "true");
    switch (smtp.tls()) {
      case STARTTLS -> {
        properties.setProperty("mail.smtp.starttls.enable", "true");
        properties.setProperty("mail.smtp.starttls.required", "true");
      }
      case IMPLICIT -> properties.setProperty("mail.smtp.ssl.enable", "true");
      case NONE -> properties.setProperty("mail.smtp.starttls.enable", "false");
    }
    return properties;
  }

  private static String domain(String from) {
    return from.substring(from.lastIndexOf('@') + 1).replaceAll("[^A-Za-z0-9.-]", "");
  }

  private static TowpathException failure(MailServer smtp, MessagingException e) {
    String place = "the mail server " + smtp.host() + ":" + smtp.port();
    return switch (e) {
      case AuthenticationFailedException _ ->
          new TowpathException(
              place + " refused the user and the password", "see user: and password: of smtp:", e);
      case SendFailedException _ ->
          new TowpathException(
              place + " refused the mail: " + reason(e, smtp), "see the addresses and from:", e);
      default ->
          new TowpathException(
              place + " did not take the mail: " + reason(e, smtp),
              "see host:, port: and tls: of smtp:, and whether the server is up",
              e);
    };
  }

  private static String reason(MessagingException e, MailServer smtp) {
    Exception last = e;
    while (last instanceof MessagingException m && m.getNextException() != null) {
      last = m.getNextException();
    }
    String text = String.valueOf(last.getMessage()).lines().findFirst().orElse("").strip();
    return smtp.password().filter(p -> !p.isEmpty()).map(p -> text.replace(p, "***")).orElse(text);
  }

  /** A mail whose id does not change when it is sent again. */
  private static final class Identified extends MimeMessage {
    private final String id;

    Identified(Session session, String id) {
      super(session);
      this.id = id;
    }

    @Override
    protected void updateMessageID() throws MessagingException {
      setHeader("Message-ID", "<" + id + ">");
    }
  }
}
