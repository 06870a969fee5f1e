package dev.towpath.source.http;

import dev.towpath.source.common.Failures;
import dev.towpath.spi.SourceTable;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * Asks for one table, again and again where that may help: when the connection fails, when the
 * answer is cut short, after 429 and after 5xx. It waits as long as {@code Retry-After} says, else
 * twice as long each time. What it never repeats is a request that the server refused.
 */
final class Server {
  /** All waiting for one answer together. */
  private static final Duration PATIENCE = Duration.ofMinutes(15);

  private final SourceTable table;
  private final HttpSettings settings;
  private final Web web;
  private final Transport transport;

  Server(SourceTable table, HttpSettings settings, Web web, Transport transport) {
    this.table = table;
    this.settings = settings;
    this.web = web;
    this.transport = transport;
  }

  /** Takes a good answer apart. */
  @FunctionalInterface
  interface Use<T> {
    /**
     * What the answer means.
     *
     * @throws IOException when it was cut short, so that asking again may help
     */
    T of(Answer answer) throws IOException;
  }

  /**
   * Asks until there is a good answer.
   *
   * @param file where the body goes
   * @param wanted whether the body of a good answer is read; 304 is good when it is not
   * @throws TowpathException in plain words when there is none
   */
  <T> T ask(Request request, Path file, boolean wanted, Use<T> use) {
    Duration waited = Duration.ZERO;
    for (int attempt = 0; ; attempt++) {
      int tries = attempt;
      Trouble trouble;
      try {
        if (settings.interval().isPresent()) {
          web.take(request.uri(), settings.interval().get());
        }
        Answer answer = transport.send(request, file, wanted, settings.timeout());
        if (answer.status() == 200 || (!wanted && answer.status() == 304)) {
          return use.of(answer);
        }
        trouble = refused(request, answer);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw Failures.cancelled(e);
      } catch (IOException e) {
        trouble = broken(request, e);
      } catch (IllegalArgumentException e) {
        throw failure(request.shown() + " cannot be asked: " + Failures.reason(e), "correct it", e);
      }
      Duration wait = trouble.asked().orElseGet(() -> web.backoff(tries));
      waited = waited.plus(wait);
      if (!trouble.passing() || attempt >= settings.retries() || waited.compareTo(PATIENCE) > 0) {
        throw trouble.failure(attempt, waited);
      }
      try {
        web.sleep(wait);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw Failures.cancelled(e);
      }
    }
  }

  /**
   * Why there is no good answer.
   *
   * @param passing whether it may be over when asked again
   * @param asked how long the server asks to wait
   */
  private record Trouble(
      Server server,
      String message,
      String hint,
      boolean passing,
      Optional<Duration> asked,
      Optional<IOException> cause) {
    TowpathException failure(int attempt, Duration waited) {
      String tries = attempt == 0 ? "" : " (tried " + (attempt + 1) + " times)";
      boolean long_ = passing && asked.isPresent() && waited.compareTo(PATIENCE) > 0;
      String text =
          message + (long_ ? ", and asks to wait " + asked.get().toSeconds() + " s" : "") + tries;
      return server.failure(text, hint, cause.orElse(null));
    }
  }

  private Trouble refused(Request request, Answer answer) {
    int status = answer.status();
    String excerpt = answer.excerpt();
    String said =
        answer.isHtml()
            ? ", with a web page instead of JSON"
            : excerpt.isEmpty() ? "" : ": " + excerpt;
    String message =
        request.shown() + moved(request, answer) + " answered " + status + name(status) + said;
    boolean passing = status == 429 || status >= 500;
    return new Trouble(
        this,
        message,
        hint(request, answer),
        passing,
        passing ? answer.header("Retry-After").flatMap(this::retryAfter) : Optional.empty(),
        Optional.empty());
  }

  private static String moved(Request request, Answer answer) {
    return Request.sameServer(request.uri(), answer.uri())
        ? ""
        : ", redirected to " + answer.uri().getHost() + ",";
  }

  private String hint(Request request, Answer answer) {
    int status = answer.status();
    if (status == 401 || status == 403) {
      if (!Request.sameServer(request.uri(), answer.uri())) {
        return "headers and credentials are not sent on to another server; ask that one with url:";
      }
      boolean shown = !settings.credentials().equals(Credentials.NONE);
      return shown
          ? "see whether the credentials under auth: are right, not expired, and may read this"
          : "it wants to know who asks: set auth:, such as auth: {bearer: ${TOKEN}}";
    }
    return switch (status) {
      case 404, 410 ->
          "see whether url: and path: are right; the path of a table is its name by default";
      case 405 -> "see which method it takes: GET, or method: POST";
      case 429 -> "ask less often: set rate_limit:, such as rate_limit: 5/s";
      case 400, 422 -> "see whether params:, pagination: and cursor_param: are as the API wants";
      default ->
          status >= 500
              ? "the server is in trouble; run again later"
              : status >= 300 && status < 400
                  ? "see where it leads, and write that under url:"
                  : "see what the API's manual says of this status";
    };
  }

  private static String name(int status) {
    return switch (status) {
      case 400 -> " Bad Request";
      case 401 -> " Unauthorized";
      case 403 -> " Forbidden";
      case 404 -> " Not Found";
      case 405 -> " Method Not Allowed";
      case 422 -> " Unprocessable Content";
      case 429 -> " Too Many Requests";
      case 500 -> " Internal Server Error";
      case 502 -> " Bad Gateway";
      case 503 -> " Service Unavailable";
      case 504 -> " Gateway Timeout";
      default -> "";
    };
  }

  /** Seconds, or a date as HTTP writes it. */
  private Optional<Duration> retryAfter(String text) {
    String value = text.strip();
    if (value.matches("\\d{1,9}")) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(value)));
    }
    try {
      Instant date = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration wait = Duration.between(web.now(), date);
      return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
    } catch (DateTimeException e) {
      return Optional.empty(); // unreadable: wait as if nothing had been said
    }
  }

  private Trouble broken(Request request, IOException e) {
    String url = request.shown();
    String host = String.valueOf(request.uri().getHost());
    return switch (e) {
      case HttpTimeoutException _ ->
          trouble(
              url + " did not answer within " + words(settings.timeout()),
              "see whether the server is up, or set timeout: to more",
              true,
              e);
      case Transport.RedirectException _ ->
          trouble(url + " " + e.getMessage(), "write the URL that it ends at under url:", false, e);
      case Transport.TooLongException _ ->
          trouble(
              url + " " + e.getMessage() + " to answer",
              "ask for less with params: or pages",
              false,
              e);
      case Answer.TooLargeException _ ->
          trouble(
              url + " answers with more than 1 GiB",
              "ask for less with params: or pages",
              false,
              e);
      case SSLException _ ->
          trouble(
              url + " cannot be reached with encryption: " + Failures.reason(e),
              "see whether the certificate is valid and trusted by the JDK",
              false,
              e);
      case java.net.ConnectException _ -> {
        boolean unknown = e.getCause() instanceof java.nio.channels.UnresolvedAddressException;
        yield trouble(
            url
                + " cannot be reached: "
                + (unknown ? "no server is known as " + host : "the connection was refused"),
            unknown
                ? "see whether url: is right and the network is up"
                : "see whether the server is up and url: has the right port",
            true,
            e);
      }
      case DiskException _ ->
          trouble(
              url + " cannot be kept on disk: " + Failures.reason(e),
              "free some space where temporary files go",
              false,
              e);
      case CutException _ -> trouble(url + " " + e.getMessage(), "run again later", true, e);
      default -> {
        String reason = Failures.reason(e);
        boolean cut = reason.contains("fixed content-length") || reason.contains("EOF");
        yield trouble(
            url
                + (cut
                    ? " ended its answer too early"
                    : " could not be read: the connection broke, " + reason),
            "run again; if it stays, see what stands between here and the server",
            true,
            e);
      }
    };
  }

  /** An answer that ends in the middle. */
  static final class CutException extends IOException {
    private static final long serialVersionUID = 1L;

    CutException(String message, IOException cause) {
      super(message, cause);
    }
  }

  private Trouble trouble(String message, String hint, boolean passing, IOException cause) {
    return new Trouble(this, message, hint, passing, Optional.empty(), Optional.of(cause));
  }

  private static String words(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }

  /** A failure that stands where the table is declared and holds no secret. */
  TowpathException failure(
      String message, String hint, @org.jspecify.annotations.Nullable Throwable cause) {
    TowpathException failure =
        Failures.of(table, settings.redaction().apply(message), settings.redaction().apply(hint));
    if (cause != null) {
      failure.initCause(cause);
    }
    return failure;
  }
}
