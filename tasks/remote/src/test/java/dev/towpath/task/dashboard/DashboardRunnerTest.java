package dev.towpath.task.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.towpath.spi.DashboardRenderer;
import dev.towpath.spi.JobRunner;
import dev.towpath.spi.MailServer;
import dev.towpath.spi.Problem;
import dev.towpath.spi.TowpathException;
import dev.towpath.task.http.Exchange;
import dev.towpath.task.http.Web;
import dev.towpath.task.notify.Mailer;
import jakarta.mail.Part;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.internet.MimeUtility;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ProxySelector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of dashboards reach people: at a real mail server, a real web server, and in a folder. */
class DashboardRunnerTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC);

  private final Web web = new Web();
  private final GreenMail mail =
      new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
  private final List<String> log = new ArrayList<>();
  private final List<DashboardRenderer.Order> orders = new ArrayList<>();

  @TempDir private Path folder;

  @BeforeEach
  void start() {
    mail.start();
  }

  @AfterEach
  void stop() {
    web.close();
    mail.stop();
  }

  /** Makes a small file of whatever is wanted. */
  private final class Files1 implements DashboardRenderer {
    @Override
    public List<String> formats() {
      return List.of("html", "csv");
    }

    @Override
    public void render(Order order, Taker taker) {
      orders.add(order);
      Path file = folder.resolve("made.tmp");
      try {
        Files.writeString(file, "region,n\nN,1\nß,2\n");
        taker.take(new Made(file, "größe.csv", "text/csv", "Sales", Map.of("region", "N, S"), 7));
        Files.delete(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private DashboardRunner runner(int port) {
    MailServer smtp =
        new MailServer(
            "127.0.0.1",
            port,
            "towpath@example.org",
            Optional.empty(),
            Optional.empty(),
            MailServer.Encryption.NONE);
    return new DashboardRunner(
        new Files1(),
        new Mailer(() -> Optional.of(smtp), CLOCK),
        new Exchange(ProxySelector.of(null)),
        CLOCK);
  }

  private JobRunner.Job job(Map<String, Object> options) {
    return new JobRunner.Job("weekly", "jobs/weekly.yml", folder, options, Map.of());
  }

  private void run(DashboardRunner runner, Map<String, Object> options) {
    runner.run(job(options), new JobRunner.Context(Map.of("TOWPATH_RUN", "r1"), folder, log::add));
  }

  @Test
  void itReachesMailWebAndFolder() throws Exception {
    run(
        runner(mail.getSmtp().getPort()),
        Map.of(
            "dashboard", "sales",
            "format", "csv",
            "block", "t",
            "filters", Map.of("region", List.of("N", "S"), "day", Map.of("from", "2026-01-01")),
            "to", List.of("a@example.org", "b@example.org", web.url("/hook/S3CRET"), "reports/x"),
            "text", "Good morning"));
    assertThat(orders.getFirst())
        .isEqualTo(
            new DashboardRenderer.Order(
                "sales",
                "csv",
                Optional.of("t"),
                Map.of("region", List.of("N", "S"), "day.from", List.of("2026-01-01"))));
    assertThat(mail.waitForIncomingEmail(5_000, 2)).isTrue();
    MimeMessage letter = mail.getReceivedMessages()[0];
    assertThat(letter.getSubject()).isEqualTo("Sales");
    assertThat(letter.getMessageID()).startsWith("<r1.weekly@");
    MimeMultipart parts = (MimeMultipart) letter.getContent();
    assertThat(parts.getBodyPart(0).getContent().toString().replace("\r", ""))
        .isEqualTo("Good morning\n\nSales, release 7\nregion: N, S\n");
    Part file = parts.getBodyPart(1);
    assertThat(MimeUtility.decodeText(file.getFileName())).isEqualTo("größe.csv");
    assertThat(file.getContentType()).startsWith("text/csv");
    assertThat(new String(file.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo("region,n\nN,1\nß,2\n");
    Web.Asked asked = web.asked.getFirst();
    assertThat(asked.body()).isEqualTo("region,n\nN,1\nß,2\n");
    assertThat(asked.header("Content-type")).isEqualTo("text/csv");
    assertThat(asked.header("Content-disposition")).contains("gr__e.csv");
    assertThat(folder.resolve("reports/x/2026-03-01-größe.csv")).hasContent("region,n\nN,1\nß,2\n");
    assertThat(log.toString()).contains("release 7").doesNotContain("S3CRET");
  }

  @Test
  void whoCannotBeReachedDoesNotKeepTheOthersFromIt() {
    web.answers(Web.typed(500, "text/plain", "broken"));
    assertThatThrownBy(() ->
            run(
                runner(1),
                Map.of(
                    "dashboard",
                    "sales",
                    "to",
                    List.of("a@example.org", web.url("/S3CRET"), "out"))))
        .isInstanceOf(TowpathException.class)
        .hasMessageContaining("127.0.0.1:1")
        .hasMessageContaining("answered 500")
        .hasMessageNotContaining("S3CRET");
    assertThat(folder.resolve("out/2026-03-01-größe.csv")).exists();
  }

  @Test
  void mistakesAreToldBeforeItRuns() {
    List<Problem> problems =
        runner(1).check(job(Map.of("format", "docx", "filters", "region=N", "to", "")));
    assertThat(problems.stream().map(Problem::message))
        .containsExactly(
            "a dashboard job needs \"dashboard\"",
            "\"docx\" is no format of a dashboard",
            "a dashboard job needs \"to\"",
            "\"filters\" must be a map");
    assertThat(runner(1).check(job(Map.of("dashboard", "x", "to", List.of("a@b"))))).isEmpty();
  }
}
