package dev.towpath.server;

import dev.towpath.core.access.Grants;
import dev.towpath.core.check.Checked;
import dev.towpath.core.project.Endpoint;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of the project as it is in force, by the paths that they declare. An edit takes
 * effect with the next request.
 */
final class Endpoints {
  private final Site site;
  private volatile @Nullable Known known;

  /** The endpoints of one version, those with fewer parameters in the path first. */
  private record Known(Checked checked, List<Declared> endpoints) {}

  private record Declared(Endpoint endpoint, Route route, List<String> segments) {
    static Declared of(Endpoint endpoint, Checked checked) {
      return new Declared(
          endpoint, EndpointRoutes.of(endpoint, checked), Endpoints.segments(endpoint.path()));
    }

    boolean isSound(Checked checked) {
      return checked.endpointReads().containsKey(endpoint.file());
    }

    long parameters() {
      return segments.stream().filter(s -> s.startsWith("{")).count();
    }

    /** The parameters of a path, or null when it is another's. */
    @Nullable Map<String, String> match(List<String> path) {
      if (path.size() != segments.size()) {
        return null;
      }
      Map<String, String> values = new HashMap<>();
      for (int i = 0; i < path.size(); i++) {
        String segment = segments.get(i);
        if (segment.startsWith("{")) {
          values.put(segment.substring(1, segment.length() - 1), path.get(i));
        } else if (!segment.equals(path.get(i))) {
          return null;
        }
      }
      return values;
    }
  }

  /**
   * Which endpoint a request is for.
   *
   * @param checked the version of the project that says so
   * @param path values of the parameters in the path
   */
  record Match(Checked checked, Endpoint endpoint, Route route, Map<String, String> path) {}

  Endpoints(Site site) {
    this.site = site;
  }

  /**
   * The endpoint of a request, among those that somebody may call.
   *
   * @param path as the client wrote it
   * @return empty when no endpoint has that path
   * @throws Refusal a 405 when one has, but not with that method
   */
  Optional<Match> find(String method, String path, Grants grants) {
    Known now = known();
    List<Declared> all = now.endpoints();
    if (all.isEmpty()) {
      return Optional.empty();
    }
    List<String> segments = segments(path).stream().map(Endpoints::decoded).toList();
    TreeSet<String> methods = new TreeSet<>();
    for (Declared declared : all) {
      Map<String, String> values =
          grants.calls(declared.endpoint().name()) ? declared.match(segments) : null;
      if (values != null && declared.endpoint().method().equals(method)) {
        return Optional.of(new Match(now.checked(), declared.endpoint(), declared.route(), values));
      }
      if (values != null) {
        methods.add(declared.endpoint().method());
      }
    }
    if (!methods.isEmpty()) {
      String allowed = String.join(", ", methods);
      throw Refusal.of(405, method + " is not for this path", "use " + allowed, "Allow", allowed);
    }
    return Optional.empty();
  }

  /** Routes of all endpoints, in the order of their names. */
  List<Route> routes() {
    return known().endpoints().stream()
        .sorted(Comparator.comparing(d -> d.endpoint().name()))
        .map(Declared::route)
        .toList();
  }

  @SuppressWarnings("ReferenceEquality") // whether it is the version that this was made of
  private Known known() {
    Checked checked = site.current().checked();
    Known now = known;
    if (now == null || now.checked() != checked) {
      now =
          new Known(
              checked,
              checked.project().endpoints().stream()
                  .map(e -> Declared.of(e, checked))
                  .filter(d -> d.isSound(checked))
                  .sorted(Comparator.comparingLong(Declared::parameters))
                  .toList());
      known = now;
    }
    return now;
  }

  private static List<String> segments(String path) {
    return List.of(path.substring(path.startsWith("/") ? 1 : 0).split("/", -1));
  }

  /** A segment with its percent signs resolved; what is no UTF-8 stays as it is written. */
  private static String decoded(String segment) {
    if (segment.indexOf('%') < 0) {
      return segment;
    }
    byte[] bytes = segment.getBytes(StandardCharsets.UTF_8);
    List<Byte> out = new ArrayList<>();
    for (int i = 0; i < bytes.length; i++) {
      int high = bytes[i] == '%' && i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
      int low = high < 0 ? -1 : Character.digit(bytes[i + 2], 16);
      if (low >= 0) {
        out.add((byte) (high << 4 | low));
        i += 2;
      } else {
        out.add(bytes[i]);
      }
    }
    byte[] plain = new byte[out.size()];
    for (int i = 0; i < plain.length; i++) {
      plain[i] = out.get(i);
    }
    return new String(plain, StandardCharsets.UTF_8);
  }
}
