package dev.towpath.server;

import dev.towpath.core.access.Principal;
import dev.towpath.core.check.Checked;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.PreEncodedHttpField;

/**
 * Which kept answer a request gets, by the text of the request alone. That text means the same as
 * long as the project and the release are the same, so each way is good for one of both.
 * Thread-safe.
 */
final class Shortcuts {
  private static final int MOST = 10_000;
  private static final int LONGEST = 500;

  private final Site site;
  private final KeptAnswers kept;
  private final Map<Key, Way> ways = new ConcurrentHashMap<>();

  /**
   * The text of a GET.
   *
   * @param target path and query as they were sent
   * @param accept the header of that name, or nothing
   */
  record Key(String target, Optional<String> accept) {}

  /**
   * What a request leads to.
   *
   * @param checked the version of the project that it was answered by
   * @param release that it was answered from
   * @param endpoint by name
   * @param route path of the endpoint
   * @param tag of the answer
   * @param headers of the answer
   */
  record Way(
      Checked checked,
      long release,
      String endpoint,
      String route,
      String tag,
      List<HttpField> headers) {
    Way {
      headers = List.copyOf(headers);
    }

    static Way of(Endpoints.Match match, long release, String tag, Answer.Bytes answer) {
      Map<String, String> headers = new LinkedHashMap<>(HttpServer.HEADERS);
      headers.putAll(answer.headers());
      headers.put("Content-Type", Sending.typed(answer.type()));
      return new Way(
          match.checked(),
          release,
          match.endpoint().name(),
          match.route().path(),
          tag,
          headers.entrySet().stream()
              .<HttpField>map(h -> new PreEncodedHttpField(h.getKey(), h.getValue()))
              .toList());
    }
  }

  /** An answer that is kept, and how it was found. */
  record Found(Way way, Answer.Bytes answer) {}

  /** No ways yet. */
  Shortcuts(Site site, KeptAnswers kept) {
    this.site = site;
    this.kept = kept;
  }

  /** Remembers a way. */
  void put(Key key, Way way) {
    if (key.target().length() > LONGEST || key.accept().map(String::length).orElse(0) > LONGEST) {
      return;
    }
    if (ways.size() >= MOST) {
      ways.clear(); // those in use are found again at once
    }
    ways.put(key, way);
  }

  /** Whether there may be something. */
  boolean knows(Key key) {
    return ways.containsKey(key);
  }

  /** The answer for somebody; empty when it has to be looked for in the long way. */
  @SuppressWarnings("ReferenceEquality") // whether it is the version that answered before
  Optional<Found> find(Key key, Principal who) {
    Way way = ways.get(key);
    if (way == null || !who.grants().calls(way.endpoint())) {
      return Optional.empty();
    }
    if (way.checked() != site.current().checked() || way.release() != site.lakehouse().head()) {
      ways.remove(key, way);
      return Optional.empty();
    }
    return kept.get(way.tag()).map(answer -> new Found(way, answer));
  }
}
