package dev.towpath.task.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import dev.towpath.spi.MailServer;
import dev.towpath.spi.Notifier.Message;
import dev.towpath.spi.Notifier.Receiver;
import dev.towpath.spi.TowpathException;
import dev.towpath.task.http.Exchange;
import dev.towpath.task.http.Web;
import jakarta.mail.internet.MimeMessage;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Messages arrive at a real web server and a real mail server, or it is said why not. */
class NotifierTest {
  private static final Message MESSAGE =
      new Message(
          "towpath-prod-7-r1",
          "nightly failed in prod (canal)",
          "models/a.sql:3:7: unknown column <regon> & more\n",
          Map.of("event", "failure", "flow", "nightly"));

  private final Web web = new Web();
  private final Exchange exchange = new Exchange(ProxySelector.of(null));
  private final GreenMail mail =
      new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));

  @AfterEach
  void stop() {
    web.close();
    mail.stop();
  }

  private Receiver here(Optional<String> secret) {
    return new Receiver(web.url("/hooks/T0P-S3CRET"), secret);
  }

  @Test
  void aWebhookGetsASignedDocument() throws Exception {
    new WebhookNotifier(exchange).send(here(Optional.of("key")), MESSAGE);
    Web.Asked asked = web.asked.getFirst();
    JsonNode document = new ObjectMapper().readTree(asked.body());
    assertThat(document.get("event").asText()).isEqualTo("failure");
    assertThat(document.get("flow").asText()).isEqualTo("nightly");
    assertThat(document.get("id").asText()).isEqualTo("towpath-prod-7-r1");
    assertThat(document.get("text").asText()).isEqualTo(MESSAGE.text());
    assertThat(asked.header("Towpath-delivery")).isEqualTo("towpath-prod-7-r1");
    assertThat(asked.header("Towpath-signature"))
        .isEqualTo(
            "sha256="
                + WebhookNotifier.signature("key", asked.body().getBytes(StandardCharsets.UTF_8)));
    new WebhookNotifier(exchange).send(here(Optional.empty()), MESSAGE);
    assertThat(web.asked.getLast().headers()).doesNotContainKey("Towpath-signature");
  }

  /** RFC 4231, test case 2. */
  @Test
  void theSignatureIsTheStandardOne() {
    assertThat(
            WebhookNotifier.signature(
                "Jefe", "what do ya want for nothing?".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  }

  @Test
  void slackGetsATextInWhichNobodyIsCalled() throws Exception {
    new SlackNotifier(exchange).send(here(Optional.empty()), MESSAGE);
    JsonNode document = new ObjectMapper().readTree(web.asked.getFirst().body());
    assertThat(document.size()).isEqualTo(1);
    assertThat(document.get("text").asText())
        .isEqualTo(
            "*nightly failed in prod (canal)*\n```\n"
                + "models/a.sql:3:7: unknown column &lt;regon&gt; &amp; more\n```");
  }

  @Test
  void aRefusalNamesTheServerAndNotTheUrl() throws Exception {
    web.answers(Web.typed(404, "text/plain", "no_service"));
    assertThatThrownBy(() -> new SlackNotifier(exchange).send(here(Optional.empty()), MESSAGE))
        .hasMessage("127.0.0.1 answered 404 Not Found: no_service");
    web.answers(Web.redirect(302, "http://localhost/"));
    assertThatThrownBy(() -> new WebhookNotifier(exchange).send(here(Optional.empty()), MESSAGE))
        .isInstanceOf(TowpathException.class)
        .hasMessageNotContaining("S3CRET");
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    Receiver nobody = new Receiver("http://127.0.0.1:" + port + "/S3CRET", Optional.empty());
    assertThatThrownBy(() -> new WebhookNotifier(exchange).send(nobody, MESSAGE))
        .hasMessage("POST to 127.0.0.1 cannot be reached: the connection was refused");
    assertThatThrownBy(() ->
            new WebhookNotifier(exchange)
                .send(new Receiver("S3CRET not a url", Optional.empty()), MESSAGE))
        .hasMessage("\"notify\" cannot be read as a URL");
  }

  private EmailNotifier email(MailServer.Encryption tls, String password) {
    MailServer server =
        new MailServer(
            "127.0.0.1",
            mail.getSmtp().getPort(),
            "towpath@example.org",
            password.isEmpty() ? Optional.empty() : Optional.of("me"),
            password.isEmpty() ? Optional.empty() : Optional.of(password),
            tls);
    return new EmailNotifier(() -> Optional.of(server), Clock.systemUTC());
  }

  @Test
  void aMailArrives() throws Exception {
    mail.start();
    mail.setUser("me@example.org", "me", "hunter2");
    Receiver team = new Receiver("team@example.org", Optional.empty());
    email(MailServer.Encryption.NONE, "hunter2").send(team, MESSAGE);
    email(MailServer.Encryption.NONE, "hunter2").send(team, MESSAGE);
    MimeMessage[] arrived = mail.getReceivedMessages();
    assertThat(arrived).hasSize(2);
    assertThat(arrived[0].getSubject()).isEqualTo("nightly failed in prod (canal)");
    assertThat(arrived[0].getFrom()[0]).hasToString("towpath@example.org");
    assertThat(arrived[0].getMessageID()).isEqualTo("<towpath-prod-7-r1@example.org>");
    assertThat(arrived[1].getMessageID()).isEqualTo(arrived[0].getMessageID());
    assertThat(GreenMailUtil.getBody(arrived[0]).strip()).isEqualTo(MESSAGE.text().strip());
  }

  @Test
  void aWrongPasswordIsSaidAndNotShown() {
    mail.start();
    mail.setUser("me@example.org", "me", "hunter2");
    Receiver team = new Receiver("team@example.org", Optional.empty());
    assertThatThrownBy(() -> email(MailServer.Encryption.NONE, "wr0ng").send(team, MESSAGE))
        .hasMessageEndingWith("refused the user and the password")
        .hasMessageNotContaining("wr0ng");
  }

  @Test
  void withoutEncryptionNothingIsSentUnlessThatIsAsked() {
    mail.start();
    Receiver team = new Receiver("team@example.org", Optional.empty());
    assertThatThrownBy(() -> email(MailServer.Encryption.STARTTLS, "").send(team, MESSAGE))
        .isInstanceOf(TowpathException.class)
        .hasMessageContaining("did not take the mail")
        .hasMessageContaining("STARTTLS");
    assertThat(mail.getReceivedMessages()).isEmpty();
  }

  @Test
  void whatIsMissingIsSaid() {
    assertThatThrownBy(() ->
            new EmailNotifier(Optional::empty, Clock.systemUTC())
                .send(new Receiver("a@b", Optional.empty()), MESSAGE))
        .hasMessage("no mail server is known");
    mail.start();
    assertThatThrownBy(() ->
            email(MailServer.Encryption.NONE, "")
                .send(new Receiver("a b", Optional.empty()), MESSAGE))
        .hasMessage("an e-mail address under notify: cannot be read");
    mail.stop();
    MailServer nobody =
        new MailServer(
            "127.0.0.1", 1, "t@e", Optional.empty(), Optional.empty(), MailServer.Encryption.NONE);
    assertThatThrownBy(() ->
            new EmailNotifier(() -> Optional.of(nobody), Clock.systemUTC())
                .send(new Receiver("a@b", Optional.empty()), MESSAGE))
        .hasMessageStartingWith("the mail server 127.0.0.1:1 did not take the mail: ");
  }
}
