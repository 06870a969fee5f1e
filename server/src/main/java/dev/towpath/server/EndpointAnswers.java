package dev.towpath.server;

import dev.towpath.core.access.Grants;
import dev.towpath.core.access.Principal;
import dev.towpath.core.project.Answering;
import dev.towpath.core.project.Endpoint;
import dev.towpath.core.project.Project;
import dev.towpath.core.query.QueryText;
import dev.towpath.server.form.Form;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Slice;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Answers calls of endpoints. An answer's tag says what it was made of: the query, the values, the
 * form, and what each table holds that is read. So an answer that is kept is never out of date, and
 * a release that leaves those tables alone leaves it good.
 */
final class EndpointAnswers {
  private static final long KEPT_BYTES = 64L << 20;
  private static final int TAG_DIGITS = 32;

  private final Site site;
  private final PageCursor.Seal seal;
  private final KeptAnswers kept = new KeptAnswers(KEPT_BYTES);
  private final Shortcuts shortcuts;
  private final EndpointRows rows;
  private final Rates rates = new Rates(System::nanoTime);

  /**
   * Answers of a site.
   *
   * @param most how long a query may take when its endpoint says nothing else
   * @param secret that cursors are signed with
   */
  EndpointAnswers(Site site, Duration most, String secret) {
    this.site = site;
    this.seal = new PageCursor.Seal(secret);
    this.shortcuts = new Shortcuts(site, kept);
    this.rows = new EndpointRows(most, seal, kept);
  }

  KeptAnswers kept() {
    return kept;
  }

  Shortcuts shortcuts() {
    return shortcuts;
  }

  /** One call, as far as it is known before its query is looked at. */
  record Asked(Call call, Endpoints.Match match, Form form, EndpointValues values) {
    Endpoint endpoint() {
      return match.endpoint();
    }

    /** What a cursor belongs to. */
    String text() {
      return endpoint().name() + "\n" + values.text();
    }
  }

  /** A call whose query has been looked at. */
  record Ready(
      Asked asked,
      Lakehouse.Query query,
      long release,
      Slice slice,
      Optional<String> tag,
      Map<String, String> headers) {
    Answer.Bytes answer(byte[] body) {
      return new Answer.Bytes(200, asked.form().type(), body, headers);
    }

    boolean isPage() {
      return !slice.by().isEmpty();
    }
  }

  /** Answers a call; the endpoint's own rules decide how. */
  Answer answer(Call call, Endpoints.Match match) {
    Endpoint endpoint = match.endpoint();
    Principal who = call.principal();
    if (!who.grants().calls(endpoint.name())) {
      throw Refusal.nothingHere();
    }
    endpoint.answering().rate().ifPresent(r -> rates.admit(who.name(), endpoint.name(), r));
    Form form = Form.of(call.accepted(Form.types()));
    Project project = match.checked().project();
    boolean post = endpoint.method().equals("POST");
    Map<String, @Nullable Object> body =
        post && match.route().body().isPresent() ? call.body() : Map.of();
    EndpointValues values = EndpointValues.read(match, call.query(), body, project.vars());
    Asked asked = new Asked(call, match, form, values);
    Optional<PageCursor> page = values.cursor().map(c -> seal.read(c, asked.text()));
    // who may call an endpoint may read what its query reads
    Principal reader = new Principal(who.name(), who.role(), Grants.ALL);
    try (Lakehouse.Snapshot snapshot = open(reader, page)) {
      return answer(ready(asked, snapshot, page, project));
    }
  }

  private Lakehouse.Snapshot open(Principal reader, Optional<PageCursor> page) {
    try {
      return site.lakehouse().open(reader, page.map(PageCursor::release));
    } catch (TowpathException e) {
      if (page.isEmpty()) {
        throw e;
      }
      throw Refusal.of(
          410, "the release that the first page was read from is gone", "begin without cursor");
    }
  }

  private Ready ready(
      Asked asked, Lakehouse.Snapshot snapshot, Optional<PageCursor> page, Project project) {
    Endpoint endpoint = asked.endpoint();
    Lakehouse.Query query = prepare(asked, snapshot, project);
    Slice slice = slice(asked, query, page);
    boolean keeps = endpoint.answering().kept() && query.steady();
    Optional<String> tag =
        keeps ? Optional.of(tag(asked, query, snapshot, project)) : Optional.empty();
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Towpath-Release", Long.toString(snapshot.release()));
    headers.put("Vary", "Accept, Authorization, Cookie");
    tag.ifPresent(t -> {
      headers.put("ETag", t);
      headers.put(
          "Cache-Control",
          endpoint
              .answering()
              .fresh()
              .map(f -> "private, max-age=" + f.toSeconds())
              .orElse("private, no-cache"));
    });
    return new Ready(asked, query, snapshot.release(), slice, tag, headers);
  }

  private static Lakehouse.Query prepare(
      Asked asked, Lakehouse.Snapshot snapshot, Project project) {
    Endpoint endpoint = asked.endpoint();
    try {
      return snapshot.prepare(
          new QueryText(endpoint.file(), endpoint.text()),
          EndpointValues.types(endpoint, project.vars()));
    } catch (Refusal e) {
      throw e;
    } catch (TowpathException e) {
      boolean all = asked.call().principal().grants().readsAll();
      throw Refusal.notYet(snapshot.release(), e, all, "endpoint");
    }
  }

  private static Slice slice(Asked asked, Lakehouse.Query query, Optional<PageCursor> page) {
    Optional<Answering.Page> pages = asked.endpoint().answering().page();
    if (pages.isEmpty()) {
      return Slice.ALL;
    }
    List<Slice.Key> by = PageCursor.keys(pages.get(), query.columns());
    long size = asked.values().limit().orElseThrow();
    return new Slice(
        asked.form() == Form.JSON ? size + 1 : size, // one more tells whether there are more
        by,
        page.map(p -> p.after(by, query.columns())).orElse(List.of()));
  }

  private static String tag(
      Asked asked, Lakehouse.Query query, Lakehouse.Snapshot snapshot, Project project) {
    StringBuilder parts = new StringBuilder();
    parts.append(asked.endpoint().text()).append('\n').append(asked.text()).append('\n');
    parts.append(asked.values().cursor()).append(asked.values().limit()).append(asked.form());
    project.vars().forEach((name, v) -> parts.append('\n').append(name).append(v.text()));
    project.macros().forEach(macro -> parts.append('\n').append(macro.text()));
    for (TableName table : query.reads()) {
      parts.append('\n').append(table).append(' ').append(snapshot.version(table).orElse(""));
    }
    if (asked.endpoint().answering().page().isPresent()) {
      parts.append('\n').append(snapshot.release()); // which stands in the next page's cursor
    }
    String digest = Signature.sha256(parts.toString().getBytes(StandardCharsets.UTF_8));
    return '"' + digest.substring(0, TAG_DIGITS) + '"';
  }

  private Answer answer(Ready ready) {
    Call call = ready.asked().call();
    if (ready.tag().filter(call::knows).isPresent()) {
      return new Answer.Bytes(304, ready.asked().form().type(), new byte[0], ready.headers());
    }
    if (call.isHead()) {
      return ready.answer(new byte[0]);
    }
    Optional<Answer.Bytes> known = ready.tag().flatMap(kept::get);
    if (known.isPresent()) {
      Answer.Bytes answer = ready.isPage() ? known.get() : ready.answer(known.get().body());
      remember(ready, answer);
      return answer;
    }
    try {
      return call.whileThere(() -> rows.answer(ready));
    } catch (CancelledException e) {
      throw Refusal.of(503, "the query was stopped", "try again");
    }
  }

  /** Lets the same request find its answer quicker, unless there is more to look at each time. */
  private void remember(Ready ready, Answer.Bytes answer) {
    Asked asked = ready.asked();
    boolean plain =
        asked.endpoint().method().equals("GET")
            && asked.endpoint().answering().rate().isEmpty()
            && asked.values().cursor().isEmpty();
    if (plain) {
      shortcuts.put(
          asked.call().key(),
          Shortcuts.Way.of(asked.match(), ready.release(), ready.tag().orElseThrow(), answer));
    }
  }
}
