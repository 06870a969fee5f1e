package dev.towpath.server;

import dev.towpath.core.check.CheckedDashboard.Bound;
import dev.towpath.core.project.Dashboard.Block;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Problem;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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

  private static final Pattern LINKED =
      Pattern.compile("/api/v1/dashboards/[^/]+(/options|/blocks/[^/]+)?");

  private final Site site;
  private final Dashboards dashboards;
  private static final Map<String, @Nullable Object> SIGNATURE =
      Schemas.text("What the link has as its signature");

  private final DashboardLinks links;
  private final KeptAnswers kept = new KeptAnswers(KEPT_BYTES);

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
    Bound bound = seen.query(block).orElseThrow();
    try (Dashboards.Reading reading = open(call, seen, link)) {
      Lakehouse.Query query = reading.prepare(bound);
      Optional<String> tag = reading.tag(bound, query, block.toString());
      Map<String, String> headers = new LinkedHashMap<>();
      headers.put("Towpath-Release", Long.toString(reading.release()));
      headers.put("Vary", "Authorization, Cookie");
      tag.ifPresent(t -> {
        headers.put("ETag", t);
        headers.put("Cache-Control", "private, no-cache");
      });
      if (tag.filter(call::knows).isPresent()) {
        return new Answer.Bytes(304, "application/json", new byte[0], headers);
      }
      byte[] rest =
          tag.flatMap(kept::get)
              .map(Answer.Bytes::body)
              .orElseGet(() -> compute(call, reading, block, query, tag));
      return new Answer.Bytes(200, "application/json", whole(reading.release(), rest), headers);
    } catch (CancelledException e) {
      throw stopped();
    }
  }

  /** The answer without the release, which another one may have as well. */
  private byte[] compute(
      Call call,
      Dashboards.Reading reading,
      Block block,
      Lakehouse.Query query,
      Optional<String> tag) {
    byte[] body =
        call.whileThere(() -> Json.write(reading.answer(block, query)))
            .getBytes(StandardCharsets.UTF_8);
    tag.ifPresent(t -> kept.put(t, new Answer.Bytes(200, "application/json", body, Map.of())));
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
