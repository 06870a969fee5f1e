package dev.towpath.lake;

import dev.towpath.lake.iceberg.FormatException;
import dev.towpath.lake.iceberg.Json;
import dev.towpath.spi.ObjectStore;
import dev.towpath.spi.TowpathException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Releases as files in the lake, from which a lost metadata database is rebuilt: {@code
 * releases/<environment>/<number>-<run>.json}, written before a release is published, and {@code
 * head.json} beside them, written after. A release that stands behind the head, or that another run
 * won, was never published.
 */
public final class ReleaseLog {
  private static final String ROOT = "releases";
  private static final Pattern NAME = Pattern.compile("(\\d+)-(.+)\\.json");

  private final ObjectStore objects;

  /** The releases of a lake. */
  public ReleaseLog(ObjectStore objects) {
    this.objects = objects;
  }

  /**
   * One file.
   *
   * @param number of the release it would be
   * @param run that tried to publish it
   */
  public record Entry(String environment, long number, String run, String path) {}

  /**
   * Writes a release that is about to be published, and syncs it.
   *
   * @param content JSON; what is in it is the caller's
   */
  public Entry write(String environment, long number, String run, byte[] content) {
    String name = String.format(Locale.ROOT, "%010d-%s.json", number, escape(run));
    Entry entry = new Entry(environment, number, run, directory(environment) + "/" + name);
    objects.write(entry.path(), content);
    return entry;
  }

  /** Says that a release was published. */
  public void markHead(Entry entry) {
    byte[] head = Json.print(Map.of("release", entry.path())).getBytes(StandardCharsets.UTF_8);
    objects.write(directory(entry.environment()) + "/head.json", head);
  }

  /** The release that was marked last, or empty when none was. */
  public Optional<Entry> head(String environment) {
    String path = directory(environment) + "/head.json";
    if (objects.stat(path).isEmpty()) {
      return Optional.empty();
    }
    try {
      String release = Json.parse(objects.read(path)).text("release");
      return list(environment).stream().filter(e -> e.path().equals(release)).findFirst();
    } catch (FormatException e) {
      throw new TowpathException(
          objects.local(path) + " is damaged: " + e.getMessage(),
          "copy it back from a backup of the lake, or remove it to start from the last release",
          e);
    }
  }

  /** All files of an environment by number, published or not; several may have one number. */
  public List<Entry> list(String environment) {
    String directory = directory(environment);
    return objects
        .list(directory)
        .flatMap(file -> entry(environment, directory, file.path()).stream())
        .sorted(java.util.Comparator.comparingLong(Entry::number).thenComparing(Entry::run))
        .toList();
  }

  private static Optional<Entry> entry(String environment, String directory, String path) {
    Matcher name = NAME.matcher(path.substring(directory.length() + 1));
    return name.matches()
        ? Optional.of(
            new Entry(environment, Long.parseLong(name.group(1)), unescape(name.group(2)), path))
        : Optional.empty();
  }

  /** Environments that have files here, in order. */
  public List<String> environments() {
    return objects
        .list(ROOT)
        .map(file -> file.path().split("/", -1))
        .filter(parts -> parts.length == 3)
        .map(parts -> unescape(parts[1]))
        .distinct()
        .sorted()
        .toList();
  }

  /** The content of a file. */
  public byte[] read(Entry entry) {
    return objects.read(entry.path());
  }

  private static String directory(String environment) {
    return ROOT + "/" + escape(environment);
  }

  /** A name as one part of a path, from which it can be read back. */
  private static String escape(String name) {
    String escaped = URLEncoder.encode(name, StandardCharsets.UTF_8);
    return escaped.replace(".", "%2E").replace("*", "%2A");
  }

  private static String unescape(String part) {
    return URLDecoder.decode(part, StandardCharsets.UTF_8);
  }
}
