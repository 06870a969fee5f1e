package dev.towpath.server;

import dev.towpath.core.check.CheckedDashboard.Bound;
import dev.towpath.core.project.Dashboard;
import dev.towpath.core.project.Dashboard.Block;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Problem;
import dev.towpath.spi.TowpathException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Dashboards: which there are, what is on each, and the rows of its blocks. An answer that is kept
 * is found by a tag of all it was made of, so it is never out of date.
 */
final class DashboardRoutes {
  private static final String FOLDER = "dashboards/";
  private static final String ENDING = ".md";
  private static final long KEPT_BYTES = 64L << 20;
  private static final int KEPT_OF_ONE = 8 << 20;

  /** Figures that are being drawn or wait for it. */
  private static final int MOST_DRAWING = 32;

  private static final int DRAWING_SECONDS = 5;
  private static final int HASH_DIGITS = 16;
  private static final String GEO = "application/geo+json";

  private static final Pattern LINKED =
      Pattern.compile("/api/v1/dashboards/[^/]+(/options|/blocks/[^/]+(/geo)?)?");

  private final Site site;
  private final Dashboards dashboards;
  private static final Map<String, @Nullable Object> SIGNATURE =
      Schemas.text("What the link has as its signature");

  private final DashboardLinks links;
  private final KeptAnswers kept = new KeptAnswers(KEPT_BYTES, KEPT_OF_ONE);
  private final Semaphore drawing = new Semaphore(MOST_DRAWING);
  private final Map<String, ReentrantLock> drawn = new ConcurrentHashMap<>();

  DashboardRoutes(Site site, Dashboards dashboards, DashboardLinks links) {
    this.site = site;
    this.dashboards = dashboards;
    this.links = links;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/api/v1/dashboards", "listDashboards", "The dashboards, by name")
            .tag("dashboards")
            .gives(
                200,
                "Dashboards, those that are broken too",
                Schemas.object("data", Schemas.list(Json.object("type", "object"))))
            .by(this::list),
        Route.get("/api/v1/dashboards/{name}", "getDashboard", "What is on a dashboard")
            .tag("dashboards")
            .access(Route.Access.LINK)
            .path("name", "Its name")
            .query(DashboardLinks.SIGNATURE, SIGNATURE, "Of a signed link, in the place of a token")
            .filters()
            .gives(200, "Filters and blocks, without rows", Json.object("type", "object"))
            .by(this::one),
        Route.get(
                "/api/v1/dashboards/{name}/options",
                "getDashboardOptions",
                "What there is to choose from, given what is chosen")
            .tag("dashboards")
            .access(Route.Access.LINK)
            .path("name", "Its name")
            .query("release", Schemas.whole("Which release is read"), "The newest without it")
            .query(DashboardLinks.SIGNATURE, SIGNATURE, "Of a signed link, in the place of a token")
            .filters()
            .gives(
                200,
                "Values and labels by filter",
                Schemas.object(
                    "data",
                    Schemas.map(
                        Schemas.list(
                            Schemas.object(
                                "value",
                                Schemas.text("What the filter is then"),
                                "label",
                                Schemas.text("What people read"))))))
            .by(this::options),
        Route.get(
                "/api/v1/dashboards/{name}/blocks/{block}",
                "getDashboardBlock",
                "The rows of a chart, a table or a metric, and the figure made of them")
            .tag("dashboards")
            .access(Route.Access.LINK)
            .path("name", "The dashboard's name")
            .path("block", "The block's id")
            .query("release", Schemas.whole("Which release is read"), "The newest without it")
            .query(DashboardLinks.SIGNATURE, SIGNATURE, "Of a signed link, in the place of a token")
            .filters()
            .gives(200, "Columns, rows and a Plotly figure", Json.object("type", "object"))
            .by(this::block),
        Route.get(
                "/api/v1/dashboards/{name}/blocks/{block}/geo",
                "getDashboardRegions",
                "The regions of a map that are the project's own")
            .tag("dashboards")
            .access(Route.Access.LINK)
            .path("name", "The dashboard's name")
            .path("block", "The block's id")
            .query(
                "v",
                Schemas.text("What the file's content is known by"),
                "As a map's figure has it")
            .query(DashboardLinks.SIGNATURE, SIGNATURE, "Of a signed link, in the place of a token")
            .filters()
            .gives(
                new Route.Answers(
                    200,
                    "A FeatureCollection whose ids are what rows name regions by",
                    Map.of("application/geo+json", Json.object("type", "object"))))
            .by(this::regions),
        Route.get(
                "/api/v1/dashboards/{name}/export",
                "exportDashboard",
                "A file of the page, or of the rows behind it")
            .tag("dashboards")
            .path("name", "The dashboard's name")
            .query(
                "format",
                Schemas.oneOf(DashboardFormat.words(), "html, pdf and png show the page"),
                "What kind of file; html without it")
            .query(
                "block",
                Schemas.text("The block's id"),
                "The only one that is wanted; without it, csv, ndjson and parquet of several come"
                    + " as a zip")
            .query("release", Schemas.whole("Which release is read"), "The newest without it")
            .filters()
            .gives(exported())
            .by(this::export));
  }

  private static Route.Answers exported() {
    Map<String, Map<String, @Nullable Object>> content = new LinkedHashMap<>();
    for (DashboardFormat format : DashboardFormat.values()) {
      content.put(format.type(), Json.object("type", "string", "format", "binary"));
    }
    content.put("application/zip", Json.object("type", "string", "format", "binary"));
    return new Route.Answers(200, "The file", content);
  }

  private Answer export(Call call) {
    Dashboards.Seen seen = dashboards.find(call.principal(), call.path("name"));
    DashboardFormat format =
        call.text("format").flatMap(DashboardFormat::of).orElse(DashboardFormat.HTML);
    try (Dashboards.Reading reading = open(call, seen)) {
      DashboardExport export =
          new DashboardExport(reading, site.lakehouse().scratch(), site.clock().instant());
      DashboardExport.Made made = call.whileThere(() -> export.make(format, call.text("block")));
      site.store()
          .audit()
          .add(
              site.environment(),
              call.does("export dashboard", call.path("name"), made.name()),
              site.clock().instant());
      return new Answer.Temporary(
          made.type(),
          made.file(),
          Map.of(
              "Content-Disposition",
              "attachment; filename*=UTF-8''"
                  + URLEncoder.encode(made.name(), StandardCharsets.UTF_8).replace("+", "%20"),
              "Towpath-Release",
              Long.toString(reading.release())));
    } catch (CancelledException e) {
      throw stopped();
    }
  }

  /** Whether a path is one of those that a signed link opens. */
  static boolean isLinked(String path) {
    return LINKED.matcher(path).matches();
  }

  /** What is wrong with the file of a dashboard as it is now. */
  private List<Problem> problems(String file) {
    List<Problem> problems = new ArrayList<>();
    site.current().problems().stream()
        .filter(p -> p.location().file().equals(file))
        .forEach(problems::add);
    if (problems.isEmpty()) {
      site.current().checked().problems().stream()
          .filter(p -> p.location().file().equals(file))
          .forEach(problems::add);
    }
    return problems;
  }

  /** Names of files that are broken, and so not in force. */
  private Set<String> broken() {
    Set<String> names = new TreeSet<>();
    for (Problem problem : site.current().problems()) {
      String file = problem.location().file();
      if (file.startsWith(FOLDER) && file.endsWith(ENDING)) {
        names.add(file.substring(FOLDER.length(), file.length() - ENDING.length()));
      }
    }
    return names;
  }

  private Answer list(Call call) {
    Map<String, Map<String, @Nullable Object>> all = new java.util.TreeMap<>();
    for (Dashboards.Seen seen : dashboards.seen(call.principal())) {
      all.put(
          seen.dashboard().name(),
          DashboardShapes.line(seen.dashboard(), problems(seen.dashboard().file())));
    }
    if (new Sight(site, call.principal()).all()) {
      for (String name : broken()) {
        all.putIfAbsent(name, unread(name));
      }
    }
    return Answer.json(Json.object("data", List.copyOf(all.values())));
  }

  /** A file that cannot be read yet. */
  private Map<String, @Nullable Object> unread(String name) {
    String file = FOLDER + name + ENDING;
    return Json.object(
        "name",
        name,
        "title",
        name,
        "description",
        null,
        "owner",
        null,
        "tags",
        List.of(),
        "file",
        file,
        "problems",
        problems(file).stream().map(Shapes::problem).toList());
  }

  private Answer one(Call call) {
    String name = call.path("name");
    Optional<DashboardLinks.Opened> link = links.of(call);
    if (link.isEmpty()
        && dashboards.seen(call.principal()).stream()
            .noneMatch(s -> s.dashboard().name().equals(name))
        && broken().contains(name)
        && new Sight(site, call.principal()).all()) {
      Map<String, @Nullable Object> all = new LinkedHashMap<>(unread(name));
      all.put("release", site.lakehouse().head());
      all.put("filters", List.of());
      all.put("blocks", List.of());
      return Answer.json(all);
    }
    Dashboards.Seen seen = seen(call, link);
    List<Problem> problems = link.isPresent() ? List.of() : problems(seen.dashboard().file());
    Map<String, @Nullable Object> whole =
        DashboardShapes.whole(seen, site.lakehouse().head(), problems);
    link.ifPresent(l -> DashboardShapes.fix(whole, l.fixed()));
    return Answer.json(whole);
  }

  /** The dashboard that is asked for, which is the link's own when one is shown. */
  private Dashboards.Seen seen(Call call, Optional<DashboardLinks.Opened> link) {
    return dashboards.find(
        link.map(DashboardLinks.Opened::reader).orElseGet(call::principal), call.path("name"));
  }

  private Dashboards.Reading open(Call call, Dashboards.Seen seen) {
    return open(call, seen, Optional.empty());
  }

  private Dashboards.Reading open(
      Call call, Dashboards.Seen seen, Optional<DashboardLinks.Opened> link) {
    Map<String, List<String>> given = new LinkedHashMap<>(call.free());
    link.ifPresent(l -> given.putAll(l.fixed())); // whatever the address says besides
    if (link.isPresent() && call.whole("release").isPresent()) {
      throw Refusal.of(403, "a link shows the newest release", "leave release out");
    }
    return dashboards.open(seen, seen.values(given), call.whole("release"));
  }

  private Answer options(Call call) {
    Optional<DashboardLinks.Opened> link = links.of(call);
    try (Dashboards.Reading reading = open(call, seen(call, link), link)) {
      Map<String, @Nullable Object> options = call.whileThere(reading::options);
      link.ifPresent(l -> options.keySet().removeAll(l.fixed().keySet()));
      return Answer.json(Json.object("data", options));
    } catch (CancelledException e) {
      throw stopped();
    }
  }

  private static Refusal stopped() {
    return Refusal.of(503, "the query was stopped", "try again");
  }

  private Answer block(Call call) {
    Optional<DashboardLinks.Opened> link = links.of(call);
    Dashboards.Seen seen = seen(call, link);
    Block block = Dashboards.block(seen, call.path("block"));
    try (Dashboards.Reading reading = open(call, seen, link)) {
      Asked asked = asked(reading, block);
      Map<String, String> headers = new LinkedHashMap<>();
      headers.put("Towpath-Release", Long.toString(reading.release()));
      headers.put("Vary", "Authorization, Cookie");
      asked
          .tag()
          .ifPresent(t -> {
            headers.put("ETag", t);
            headers.put("Cache-Control", "private, no-cache");
          });
      if (asked.tag().filter(call::knows).isPresent()) {
        return new Answer.Bytes(304, "application/json", new byte[0], headers);
      }
      byte[] rest = kept(asked).orElseGet(() -> compute(call, asked));
      return new Answer.Bytes(200, "application/json", whole(reading.release(), rest), headers);
    } catch (CancelledException e) {
      throw stopped();
    } catch (Refusal e) {
      throw e;
    } catch (TowpathException e) {
      if (link.isPresent() && block instanceof Dashboard.Figure) {
        // what code says of itself is for those who have come in
        throw Refusal.of(422, "this figure could not be drawn", null);
      }
      throw e;
    }
  }

  /**
   * What a block shows, when it is asked for.
   *
   * @param tag of all that it would be made of; empty when it is never the same
   * @param drawn whether a process of its own makes it
   */
  private record Asked(
      Optional<String> tag, boolean drawn, Supplier<Map<String, @Nullable Object>> answer) {}

  private static Asked asked(Dashboards.Reading reading, Block block) {
    if (block instanceof Dashboard.Figure figure) {
      PythonFigure python = reading.figure(figure);
      return new Asked(python.tag(), true, python::answer);
    }
    Bound bound = reading.seen().query(block).orElseThrow();
    Lakehouse.Query query = reading.prepare(bound);
    Optional<String> regions =
        Optional.ofNullable(reading.seen().checked().regions().get(block.id()))
            .map(hash -> address(reading.seen().dashboard(), block, hash));
    Optional<String> tag = reading.tag(bound, query, block + regions.orElse(""));
    return new Asked(tag, false, () -> reading.answer(block, query, regions.orElse(null)));
  }

  private static String address(Dashboard dashboard, Block block, String hash) {
    return "/api/v1/dashboards/"
        + URLEncoder.encode(dashboard.name(), StandardCharsets.UTF_8)
        + "/blocks/"
        + URLEncoder.encode(block.id(), StandardCharsets.UTF_8)
        + "/geo?v="
        + hash.substring(0, HASH_DIGITS);
  }

  /** An address with another hash is of another file, so whoever has it need not ask again. */
  private Answer regions(Call call) {
    Dashboards.Seen seen = seen(call, links.of(call));
    Block block = Dashboards.block(seen, call.path("block"));
    String hash = seen.checked().regions().get(block.id());
    if (!(block instanceof Dashboard.Chart chart) || hash == null) {
      throw Refusal.of(404, "the block \"" + block.id() + "\" has no regions of its own", null);
    }
    String tag = Dashboards.digest(hash + chart.geo());
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("ETag", tag);
    headers.put("Vary", "Authorization, Cookie");
    headers.put(
        "Cache-Control",
        call.text("v").filter(hash.substring(0, HASH_DIGITS)::equals).isPresent()
            ? "private, max-age=31536000, immutable"
            : "private, no-cache");
    if (call.knows(tag)) {
      return new Answer.Bytes(304, GEO, new byte[0], headers);
    }
    byte[] body =
        kept.get(tag)
            .map(Answer.Bytes::body)
            .orElseGet(() -> Json.write(seen.regions(chart)).getBytes(StandardCharsets.UTF_8));
    kept.put(tag, new Answer.Bytes(200, GEO, body, Map.of()));
    return new Answer.Bytes(200, GEO, body, headers);
  }

  private Optional<byte[]> kept(Asked asked) {
    return asked.tag().flatMap(kept::get).map(Answer.Bytes::body);
  }

  /** The answer without the release, which another one may have as well. */
  private byte[] compute(Call call, Asked asked) {
    return call.whileThere(() -> asked.drawn() ? draw(asked) : compute(asked));
  }

  /**
   * A process for each would be too much: who wants the same figure waits for the one that draws.
   */
  private byte[] draw(Asked asked) {
    if (!drawing.tryAcquire()) {
      throw Refusal.busy("too many figures are being drawn", DRAWING_SECONDS);
    }
    try {
      String tag = asked.tag().orElse("");
      if (tag.isEmpty()) {
        return compute(asked);
      }
      ReentrantLock lock = drawn.computeIfAbsent(tag, _ -> new ReentrantLock());
      lock.lockInterruptibly();
      try {
        return kept(asked).orElseGet(() -> compute(asked));
      } finally {
        drawn.remove(tag, lock);
        lock.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    } finally {
      drawing.release();
    }
  }

  private byte[] compute(Asked asked) {
    byte[] body = Json.write(asked.answer().get()).getBytes(StandardCharsets.UTF_8);
    asked
        .tag()
        .ifPresent(t -> kept.put(t, new Answer.Bytes(200, "application/json", body, Map.of())));
    return body;
  }

  private static byte[] whole(long release, byte[] rest) {
    byte[] before = ("{\"release\":" + release + ",").getBytes(StandardCharsets.UTF_8);
    byte[] whole = new byte[before.length + rest.length - 1];
    System.arraycopy(before, 0, whole, 0, before.length);
    System.arraycopy(rest, 1, whole, before.length, rest.length - 1);
    return whole;
  }
}
