package dev.towpath.task.objects;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.towpath.spi.CancelledException;
import dev.towpath.spi.S3Connection;
import dev.towpath.spi.TowpathException;
import dev.towpath.task.http.Answer;
import dev.towpath.task.http.Exchange;
import dev.towpath.task.http.Request;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import javax.xml.stream.XMLStreamException;

/**
 * The list of a bucket. One list tells of a single object, too: unlike a question for the object's
 * headers, its answer says whether the bucket is missing or the object, and whether it is an object
 * or our rights.
 */
public final class Bucket {
  private static final int PAGE = 1_000;

  /** Each is a question that takes time and costs money, at every look. */
  private static final int MOST_PAGES = 10;

  /** A page of the longest keys is half of that. */
  private static final int MOST_PAGE_BYTES = 8 << 20;

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** Stores are busy for a moment now and then, and ask to be asked again. */
  private static final int TRIES = 3;

  private static final Duration PAUSE = Duration.ofMillis(300);

  private final Exchange exchange;
  private final S3Connection connection;
  private final ObjectUrl url;
  private final Clock clock;
  private final URI address;

  /**
   * A bucket; nothing is asked yet.
   *
   * @throws TowpathException when nobody can be asked
   */
  public Bucket(Exchange exchange, S3Connection connection, ObjectUrl url, InstantSource clock) {
    if (url.scheme().equals("gs") && connection.name().isEmpty()) {
      throw ObjectUrl.unconnected();
    }
    this.exchange = exchange;
    this.connection = connection;
    this.url = url;
    this.clock = clock.withZone(ZoneOffset.UTC);
    this.address = address(connection, url);
  }

  /** Where the bucket is: below its server's address, or a host of its own. */
  static URI address(S3Connection connection, ObjectUrl url) {
    boolean aws = connection.endpoint().isEmpty() && url.scheme().equals("s3");
    String china = connection.region().startsWith("cn-") ? ".cn" : "";
    URI server =
        connection
            .endpoint()
            .map(text -> Request.url("endpoint", text))
            .orElseGet(() ->
                uri(
                    aws
                        ? "https://s3." + connection.region() + ".amazonaws.com" + china
                        : "https://storage.googleapis.com"));
    // a name with dots is no host that the server's certificate is for
    boolean folder = connection.pathStyle().orElse(!aws || !url.bucket().matches("[a-z0-9-]+"));
    String path = server.getRawPath().replaceFirst("/+$", "");
    String port = server.getPort() < 0 ? "" : ":" + server.getPort();
    return uri(
        server.getScheme()
            + "://"
            + (folder ? "" : url.bucket() + ".")
            + server.getHost()
            + port
            + path
            + (folder ? "/" + url.bucket() : "/"));
  }

  private static URI uri(String text) {
    try {
      URI uri = URI.create(text);
      if (uri.getHost() != null) {
        return uri;
      }
    } catch (IllegalArgumentException _) {
      // told below, without what a variable may hold
    }
    throw new TowpathException(
        "region and bucket are no name of a host",
        "see whether the region is right; path_style: true keeps the bucket out of the name");
  }

  /**
   * Looks once for objects that the URL means.
   *
   * @param wanted decides of an object by when it changed and the server's present time
   * @return their keys, in the store's order
   * @throws TowpathException when looking failed
   */
  public List<String> look(BiPredicate<Instant, Instant> wanted) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    List<String> keys = new ArrayList<>();
    Optional<String> next = Optional.empty();
    for (int pages = 0; pages < MOST_PAGES; pages++) {
      Answer answer = ask(question(url.key().isLiteral() ? 1 : PAGE, next), end);
      Instant now = date(answer).orElseGet(clock::instant);
      Page page = page(answer);
      for (Page.Found found : page.objects()) {
        if (url.key().matches(found.key()) && wanted.test(found.changed(), now)) {
          keys.add(found.key());
        }
      }
      next = url.key().isLiteral() ? Optional.empty() : page.next();
      if (next.isEmpty()) {
        return keys;
      }
    }
    throw new TowpathException(
        "there is more at %s than one look goes through, %d objects"
            .formatted(url.shown(), PAGE * MOST_PAGES),
        "write more of the key before its first wildcard, such as the month");
  }

  /** When the server says it is; it dates objects by the same clock. */
  private static Optional<Instant> date(Answer answer) {
    try {
      return answer
          .headers()
          .firstValue("Date")
          .map(text -> Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text)));
    } catch (DateTimeException _) {
      return Optional.empty(); // ours is nearly right
    }
  }

  /**
   * Asks for one object, whichever it is, and fails as looking would.
   *
   * @return what was asked, for people
   */
  public String reach() {
    page(ask(question(1, Optional.empty()), System.nanoTime() + PATIENCE.toNanos()));
    return url.shown() + " at " + address.getAuthority();
  }

  /** The URL of an object of the bucket. */
  public String url(String key) {
    return url.at(key);
  }

  private URI question(int most, Optional<String> next) {
    Map<String, String> query = new TreeMap<>();
    query.put("list-type", "2");
    query.put("encoding-type", "url"); // XML cannot hold all that keys may
    query.put("max-keys", Integer.toString(most));
    query.put("prefix", url.key().prefix());
    if (!url.key().isDeep() && !url.key().isLiteral()) {
      query.put("delimiter", "/");
    }
    next.ifPresent(token -> query.put("continuation-token", token));
    StringBuilder text = new StringBuilder(address.toString());
    query.forEach((name, value) ->
        text.append(text.indexOf("?") < 0 ? '?' : '&')
            .append(name)
            .append('=')
            .append(encoded(value)));
    return URI.create(text.toString());
  }

  /** As signatures have it. */
  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8)
        .replace("+", "%20")
        .replace("*", "%2A")
        .replace("%7E", "~");
  }

  private Answer ask(URI question, long end) {
    for (int tries = 1; ; tries++) {
      Request request =
          new Request(
              "GET",
              question,
              Signature.of(question, connection, clock),
              Optional.empty(),
              url.shown() + " at " + address.getAuthority());
      Answer answer = exchange.once(request, end, PATIENCE, MOST_PAGE_BYTES);
      boolean busy = answer.status() >= 500 || answer.status() == 429;
      if (!busy || tries == TRIES) {
        return answer;
      }
      try {
        Thread.sleep(PAUSE.multipliedBy(tries));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancelledException(e);
      }
    }
  }

  private Page page(Answer answer) {
    if (answer.status() != 200) {
      throw new Refusal(answer, connection, url, address).failure();
    }
    if (!answer.body().whole()) {
      throw new TowpathException(
          answer.request().shown() + " answered with more than a page of a list",
          "see whether endpoint: is a server that speaks S3's protocol");
    }
    try {
      return Page.read(answer.body().bytes());
    } catch (XMLStreamException e) {
      throw new TowpathException(
          answer.request().shown() + " answered with something that is no list of objects",
          "see whether endpoint: is a server that speaks S3's protocol",
          e);
    }
  }
}
