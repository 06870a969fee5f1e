package dev.towpath.server;

import dev.towpath.spi.TowpathException;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The console, as the browser loads it: files that the module {@code console} has put on the
 * classpath, each packed as well. Anybody may have them; what they show is asked of the API.
 *
 * <p>All paths of the console are one page, which looks at the path itself. Names of files carry a
 * hash of what is in them, so that browsers keep them for good, and ask only for the page again.
 * Style attributes are allowed, since browsers make some themselves while somebody edits text.
 */
final class ConsoleFiles {
  private static final String HOME = "/console/";
  private static final String EMBED = "/embed/";
  private static final String FOLDER = "/dev/towpath/console/";
  private static final String PAGE = "index.html";
  private static final Pattern NAME = Pattern.compile("(?:assets/)?[\\w-]+(?:\\.[\\w-]+)+");
  private static final String ALONE = "frame-ancestors 'none'";
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src"
          + " 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none';"
          + " form-action 'none'; "
          + ALONE;
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "json", "application/json",
          "svg", "image/svg+xml",
          "txt", "text/plain; charset=utf-8",
          "woff2", "font/woff2");

  /** Endings of packed files by their encodings, the smallest first. */
  private static final SequencedMap<String, String> PACKINGS = packings();

  private ConsoleFiles() {}

  private static SequencedMap<String, String> packings() {
    SequencedMap<String, String> packings = new LinkedHashMap<>();
    packings.put("br", ".br");
    packings.put("gzip", ".gz");
    return packings;
  }

  /** Whether a path is the console's. */
  static boolean owns(String path) {
    return path.equals("/")
        || path.equals("/console")
        || path.startsWith(HOME)
        || path.startsWith(EMBED);
  }

  /**
   * Registers them.
   *
   * @param origins whose pages may show dashboards in a frame
   */
  static void register(RoutesConfig routes, Supplier<List<String>> origins) {
    routes.get(EMBED + "{name}", context -> embed(context, origins.get()));
    routes.get("/", context -> context.redirect(HOME));
    routes.get("/console", context -> context.redirect(HOME));
    routes.get(HOME, ConsoleFiles::page);
    routes.get(HOME + "<path>", ConsoleFiles::answer);
  }

  private static void answer(Context context) {
    String path = context.pathParam("path");
    if (!path.startsWith("assets/")) {
      page(context);
    } else if (!NAME.matcher(path).matches() || !send(context, path)) {
      throw Refusal.of(404, "the console has no such file", "load the page again");
    }
  }

  /**
   * The page of a signed link: it looks at the path, too, and says itself when the link is over.
   */
  private static void embed(Context context, List<String> origins) {
    page(context);
    if (!origins.isEmpty()) {
      context.header(
          "Content-Security-Policy",
          POLICY.replace(ALONE, "frame-ancestors 'self' " + String.join(" ", origins)));
    }
  }

  private static void page(Context context) {
    if (!send(context, PAGE)) {
      context.status(404);
      context.contentType("text/plain; charset=utf-8");
      context.result(
          """
          This Towpath was built without its console: there was no npm, or it could not reach its registry.
          In a checkout, install Node.js 20.19 or newer, touch console/pom.xml and start ./towpath again.
          The API is at /api/v1.
          """);
    }
  }

  private static boolean send(Context context, String name) {
    Optional<String> encoding = encoding(context.header("Accept-Encoding"), name);
    Optional<byte[]> found = read(name + encoding.map(PACKINGS::get).orElse(""));
    found.ifPresent(bytes -> {
      encoding.ifPresent(e -> context.header("Content-Encoding", e));
      context.header("Vary", "Accept-Encoding");
      if (name.equals(PAGE)) { // what it loads runs by the page's; by itself it may do nothing
        context.header("Content-Security-Policy", POLICY);
      }
      context.header(
          "Cache-Control", name.equals(PAGE) ? "no-cache" : "public, max-age=31536000, immutable");
      context.contentType(type(name));
      context.result(bytes);
    });
    return found.isPresent();
  }

  /** The encoding in which a file is sent: the smallest that the browser takes and there is. */
  private static Optional<String> encoding(@Nullable String accepted, String name) {
    return PACKINGS.entrySet().stream()
        .filter(p -> accepted != null && accepted.contains(p.getKey()))
        .filter(p -> ConsoleFiles.class.getResource(FOLDER + name + p.getValue()) != null)
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** One of the files that pages load, by its plain name. */
  static Optional<byte[]> asset(String name) {
    return read("assets/" + name);
  }

  private static String type(String name) {
    return TYPES.getOrDefault(
        name.substring(name.lastIndexOf('.') + 1), "application/octet-stream");
  }

  private static Optional<byte[]> read(String name) {
    try (InputStream in = ConsoleFiles.class.getResourceAsStream(FOLDER + name)) {
      return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
    } catch (IOException e) {
      throw new TowpathException("the console cannot be read: " + e.getMessage(), null, e);
    }
  }
}
