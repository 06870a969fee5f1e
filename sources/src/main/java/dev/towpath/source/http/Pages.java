package dev.towpath.source.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads an API page by page, until it has no more or gives the same again. */
final class Pages {
  /** What an answer has in the place of a cursor or URL when there is none. */
  private static final Set<String> NOTHING = Set.of("", "false");

  private final Server server;
  private final HttpSettings settings;
  private final Pagination pagination;
  private final Optional<String> since;
  private final Set<String> seen = new HashSet<>();

  /** The places that some answer had, so that an answer without one says something by that. */
  private final Set<List<String>> known = new HashSet<>();

  private Optional<String> doubt = Optional.empty();
  private @Nullable Page previous;
  private long position;
  private long count;

  /**
   * Pages not read yet.
   *
   * @param since what to send as the cursor's parameter, if anything
   */
  Pages(Server server, HttpSettings settings, Optional<String> since) {
    this.server = server;
    this.settings = settings;
    this.pagination = settings.pagination();
    this.since = since;
    this.position = pagination.first();
  }

  /** When a look at some pages is enough. */
  interface Enough {
    /** After so many pages that hold so much. */
    boolean at(long pages, long bytes);
  }

  /** Reads on to the end, or until there is enough; gives the first page. */
  Page read(Spool spool, Found found, Enough enough) {
    Request request = first();
    Page first = null;
    while (true) {
      Request asked = request;
      Page page =
          server.ask(
              asked,
              spool.body(),
              true,
              answer ->
                  new PageReader(server, settings, found, asked.shown(), answer)
                      .read(spool.page()));
      count++;
      first = first == null ? page : first;
      spool.keep(page.bytes());
      Optional<Request> next = next(asked, page);
      if (next.isEmpty() || enough.at(count, spool.bytes())) {
        return first;
      }
      if (count >= pagination.most()) {
        throw server.failure(
            asked.shown() + " is page " + count + " and not the last one",
            "if there are that many, set max_pages: under pagination: to more",
            null);
      }
      previous = page;
      request = next.get();
    }
  }

  /** The URL without what changes from page to page, as rows and messages say it. */
  String name() {
    return asking(Map.of()).shown();
  }

  /** What the first page is asked with. */
  Request first() {
    return switch (pagination.type()) {
      case PAGE, OFFSET -> asking(Map.of(pagination.param(), position));
      case NONE, CURSOR, LINK, NEXT_URL -> asking(Map.of());
    };
  }

  private Optional<Request> next(Request asked, Page page) {
    boolean told = known(asked, page, "has_more", pagination.more(), count > 1);
    boolean more = Set.of("true", "1").contains(page.values().getOrDefault(pagination.more(), ""));
    boolean ended = told && !more;
    String label = String.join(".", pagination.next());
    boolean bare = NOTHING.contains(page.values().getOrDefault(pagination.next(), ""));
    if (!pagination.next().isEmpty() && told && more && bare) {
      throw server.failure(
          "%s says that there are more, but has nothing at \"%s\"".formatted(asked.shown(), label),
          "correct next: or has_more: under pagination:",
          null);
    }
    boolean full =
        pagination.size().values().stream().anyMatch(s -> page.records() >= Long.parseLong(s));
    if (!known(asked, page, "next", pagination.next(), false) && full && !label.isEmpty()) {
      doubt = Optional.of("taken for all, as a full page has no \"" + label + "\"");
    }
    return switch (pagination.type()) {
      case NONE -> {
        if (!pagination.said() && page.next().isPresent()) {
          throw server.failure(
              asked.shown() + " is one page of several: its header Link names the next one",
              "set pagination: link, or pagination: none to read this page only",
              null);
        }
        yield Optional.empty();
      }
      case PAGE -> {
        position++;
        yield counted(asked, page, ended);
      }
      case OFFSET -> {
        position += page.records();
        yield counted(asked, page, ended);
      }
      case CURSOR -> {
        String cursor = page.values().getOrDefault(pagination.next(), "");
        boolean last = ended || NOTHING.contains(cursor);
        if (last || (page.records() == 0 && seen.contains(cursor))) {
          yield Optional.empty();
        }
        once(asked, cursor, "the cursor \"" + cursor + "\"");
        yield Optional.of(asking(Map.of(pagination.param(), cursor)));
      }
      case LINK -> page.next().flatMap(url -> leading(asked, page, url));
      case NEXT_URL ->
          ended
              ? Optional.empty()
              : Optional.ofNullable(page.values().get(pagination.next()))
                  .filter(url -> !NOTHING.contains(url))
                  .flatMap(url -> leading(asked, page, url));
    };
  }

  /**
   * Whether some answer up to this one had a place. Many an API leaves out what is null or false,
   * so that one page alone may well lack it; but a misspelt place would end every list after that
   * page.
   *
   * @param due whether it would be there if it were spelt right
   */
  private boolean known(Request asked, Page page, String key, List<String> place, boolean due) {
    if (page.outline().has(place)) {
      known.add(place);
    }
    if (place.isEmpty() || known.contains(place)) {
      return !place.isEmpty();
    }
    Optional<String> near = page.outline().near(place);
    if (page.records() > 0 && (due || near.isPresent())) {
      throw server.failure(
          "%s has no \"%s\"; it has %s"
              .formatted(asked.shown(), String.join(".", place), page.outline().words(place)),
          near.map(n -> "did you mean " + key + ": " + n + "?")
              .orElse("correct " + key + ": under pagination:"),
          null);
    }
    return false;
  }

  /**
   * What to tell of a list that ended at a full page, for want of a place that no answer had: it
   * may be all, or all that was found.
   */
  Optional<String> doubt() {
    return doubt;
  }

  /** By page or offset, to the first empty page: a short one may be all that a server allows. */
  private Optional<Request> counted(Request asked, Page page, boolean ended) {
    Optional<Long> total =
        Optional.ofNullable(page.values().get(pagination.total()))
            .filter(text -> text.matches("\\d{1,18}"))
            .map(Long::parseLong);
    boolean whole = total.isPresent() && position - pagination.first() >= total.get();
    if (page.records() == 0 || ended || whole) {
      return Optional.empty();
    }
    if (previous != null && previous.hash().equals(page.hash())) {
      throw server.failure(
          asked.shown() + " holds the same records as the page before it",
          "the server seems not to know the parameter \""
              + pagination.param()
              + "\": correct pagination:; if it repeats its last page, set total: or has_more:",
          null);
    }
    return Optional.of(asking(Map.of(pagination.param(), position)));
  }

  private Optional<Request> leading(Request asked, Page page, String url) {
    URI next;
    try {
      next = Request.resolve(page.uri(), url);
    } catch (IllegalArgumentException e) {
      throw server.failure(
          asked.shown() + " names a next page that is no URL: " + url, "tell who runs the API", e);
    }
    if (next.getHost() == null || Request.weaker(settings.url(), next)) {
      throw server.failure(
          asked.shown() + " names a next page that is not to be asked: " + next,
          "it must be a URL of a server, and encrypted when the first one is",
          null);
    }
    once(asked, next.toString(), "the next page " + next);
    boolean ours = Request.sameServer(settings.url(), next);
    if (!ours && asked.body().isPresent()) {
      throw server.failure(
          asked.shown() + " names a next page on another server, " + next.getHost(),
          "what is posted is not sent on to another server",
          null);
    }
    Map<String, String> headers = ours ? headers() : Map.of();
    String query = next.getRawQuery() == null ? "" : next.getRawQuery();
    List<Param> missing = new ArrayList<>();
    settings
        .credentials()
        .params()
        .forEach((name, value) -> {
          Param param = new Param(name, value);
          if (ours && !("&" + query).contains("&" + Param.encoded(List.of(param)))) {
            missing.add(param);
          }
        });
    URI uri =
        missing.isEmpty()
            ? next
            : URI.create(next + (query.isEmpty() ? "?" : "&") + Param.encoded(missing));
    String shown = settings.redaction().apply(next.toString());
    return Optional.of(new Request(uri, headers, asked.body(), shown));
  }

  private void once(Request asked, String key, String what) {
    if (!seen.add(key)) {
      throw server.failure(
          asked.shown() + " leads to " + what + " once more, and so without an end",
          "correct pagination:, or tell who runs the API",
          null);
    }
  }

  private Map<String, String> headers() {
    Map<String, String> headers = new HashMap<>(settings.headers());
    headers.putAll(settings.credentials().headers());
    return headers;
  }

  /** The table's URL with its parameters and those that change from page to page. */
  private Request asking(Map<String, Object> moving) {
    Map<String, Object> changing = new LinkedHashMap<>();
    settings
        .following()
        .ifPresent(f -> since.ifPresent(value -> changing.put(f.param(), number(value))));
    pagination.size().forEach((name, value) -> changing.put(name, number(value)));
    changing.putAll(moving);
    boolean inBody = settings.post() && settings.body().map(b -> b instanceof Map).orElse(true);
    List<Param> params = new ArrayList<>(settings.params());
    List<Param> shown = new ArrayList<>(params);
    changing.forEach((name, value) -> {
      Param param = new Param(name, value.toString());
      shown.add(param);
      if (!inBody) {
        params.add(param);
      }
    });
    settings.credentials().params().forEach((name, value) -> params.add(new Param(name, value)));
    String url = settings.url().toString();
    Map<String, String> headers = headers();
    Optional<byte[]> body = Optional.empty();
    if (settings.post()) {
      headers.putIfAbsent("Content-Type", "application/json");
      body = Optional.of(body(inBody ? changing : Map.of()));
    }
    return new Request(
        URI.create(params.isEmpty() ? url : url + "?" + Param.encoded(params)),
        headers,
        body,
        settings.redaction().apply(shown.isEmpty() ? url : url + "?" + Param.shown(shown)));
  }

  private byte[] body(Map<String, Object> changing) {
    Object value = settings.body().orElse(Map.of());
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> all = new LinkedHashMap<>();
      map.forEach((name, item) -> all.put(String.valueOf(name), item));
      all.putAll(changing);
      value = all;
    }
    if (value instanceof String text) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
      write(json, value);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
    return out.toByteArray();
  }

  private static Object number(String text) {
    return text.matches("0|[1-9]\\d{0,17}") ? (Object) Long.valueOf(text) : text;
  }

  private static void write(JsonGenerator json, Object value) throws IOException {
    switch (value) {
      case Map<?, ?> map -> {
        json.writeStartObject();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          json.writeFieldName(String.valueOf(entry.getKey()));
          write(json, entry.getValue());
        }
        json.writeEndObject();
      }
      case List<?> list -> {
        json.writeStartArray();
        for (Object item : list) {
          write(json, item);
        }
        json.writeEndArray();
      }
      case Long number -> json.writeNumber(number);
      case Double number -> json.writeNumber(number);
      case Boolean truth -> json.writeBoolean(truth);
      default -> json.writeString(value.toString());
    }
  }
}
