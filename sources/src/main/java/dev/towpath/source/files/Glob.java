package dev.towpath.source.files;

import dev.towpath.source.common.ProjectPath;
import dev.towpath.spi.FileScan.InputFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A path with wildcards: {@code *} and {@code ?} within one name, {@code [a-z]}, {@code {csv,tsv}},
 * and {@code **} for any number of folders, none included. A name that begins with a dot matches
 * only a pattern that does. Links are followed.
 *
 * <p>A path may be absolute or lead out of the project with {@code ..}: it is written by the person
 * who owns the machine. Files are named relative to the project, or absolutely when the pattern is
 * absolute and leads elsewhere.
 */
final class Glob {
  private final List<String> segments;
  private final Set<Path> visiting = new HashSet<>();

  private Glob(List<String> segments) {
    this.segments = segments;
  }

  /**
   * The files that match, sorted by name.
   *
   * @param text with forward slashes
   */
  static List<InputFile> find(Path project, String text) throws IOException {
    Path home = ProjectPath.root(project);
    Path literal = home.resolve(text).normalize();
    if (Files.exists(literal) || !isPattern(text)) {
      // A file may have brackets in its name.
      return Files.exists(literal) ? List.of(named(home, literal)) : List.of();
    }
    Path root = home;
    String rest = text;
    if (text.startsWith("/")) {
      root = Optional.ofNullable(home.getRoot()).orElse(home);
      rest = text.substring(1);
    } else if (text.matches("[A-Za-z]:/.*")) {
      root = Path.of(text.substring(0, 3));
      rest = text.substring(3);
    }
    List<String> segments = new ArrayList<>();
    for (String segment : rest.split("/")) {
      if (!segment.isEmpty() && !segment.equals(".")) {
        segments.add(segment);
      }
    }
    List<Path> found = new ArrayList<>();
    new Glob(segments).walk(root, 0, found);
    return found.stream()
        .map(path -> named(home, path.normalize()))
        .distinct()
        .sorted((a, b) -> a.name().compareTo(b.name()))
        .toList();
  }

  /** Whether a path holds wildcards. */
  static boolean isPattern(String text) {
    return text.chars().anyMatch(c -> "*?[{".indexOf(c) >= 0);
  }

  /** A file with the name that it goes by. */
  private static InputFile named(Path project, Path file) {
    return new InputFile(ProjectPath.name(project, file), file);
  }

  private void walk(Path folder, int at, List<Path> found) throws IOException {
    String segment = segments.get(at);
    boolean last = at == segments.size() - 1;
    if (segment.equals("**")) {
      if (last) {
        below(folder, found);
      } else {
        deeper(folder, at, found);
      }
      return;
    }
    if (!isPattern(segment)) {
      Path next = folder.resolve(segment);
      if (last ? Files.exists(next) : Files.isDirectory(next)) {
        step(next, last, at, found);
      }
      return;
    }
    Pattern pattern = pattern(segment);
    for (Path child : children(folder)) {
      String name = name(child);
      boolean shown = !name.startsWith(".") || segment.startsWith(".");
      // A folder that happens to match the last segment is no file of the table.
      if (shown && pattern.matcher(name).matches() && Files.isDirectory(child) != last) {
        step(child, last, at, found);
      }
    }
  }

  private void step(Path path, boolean last, int at, List<Path> found) throws IOException {
    if (last) {
      found.add(path);
    } else {
      walk(path, at + 1, found);
    }
  }

  private void deeper(Path folder, int at, List<Path> found) throws IOException {
    if (!enter(folder)) {
      return;
    }
    walk(folder, at + 1, found);
    for (Path child : children(folder)) {
      if (Files.isDirectory(child) && !name(child).startsWith(".")) {
        deeper(child, at, found);
      }
    }
    leave(folder);
  }

  private void below(Path folder, List<Path> found) throws IOException {
    if (!enter(folder)) {
      return;
    }
    for (Path child : children(folder)) {
      if (name(child).startsWith(".")) {
        continue;
      }
      if (Files.isDirectory(child)) {
        below(child, found);
      } else {
        found.add(child);
      }
    }
    leave(folder);
  }

  /** False for a folder that a link leads back to. */
  private boolean enter(Path folder) throws IOException {
    return visiting.add(folder.toRealPath());
  }

  private void leave(Path folder) throws IOException {
    visiting.remove(folder.toRealPath());
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }

  private static List<Path> children(Path folder) throws IOException {
    List<Path> children = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      stream.forEach(children::add);
    } catch (NoSuchFileException | NotDirectoryException _) {
      return List.of(); // gone meanwhile, or never there: nothing matches
    } catch (java.nio.file.DirectoryIteratorException e) {
      throw e.getCause();
    }
    return children;
  }

  /** One segment as a regular expression. */
  private static Pattern pattern(String segment) {
    StringBuilder out = new StringBuilder();
    int braces = 0;
    for (int i = 0; i < segment.length(); i++) {
      char c = segment.charAt(i);
      int close = c == '[' ? segment.indexOf(']', i + 2) : -1;
      if (close > 0) {
        String set = segment.substring(i + 1, close);
        boolean not = set.startsWith("!") || set.startsWith("^");
        String members = (not ? set.substring(1) : set).replaceAll("([\\\\\\[\\]&^])", "\\\\$1");
        out.append(not ? "[^" : "[").append(members).append(']');
        i = close;
      } else if (c == '{' && segment.indexOf('}', i) > 0) {
        out.append("(?:");
        braces++;
      } else if (c == '}' && braces > 0) {
        out.append(')');
        braces--;
      } else if (c == ',' && braces > 0) {
        out.append('|');
      } else {
        out.append(
            switch (c) {
              case '*' -> ".*";
              case '?' -> ".";
              default -> Pattern.quote(String.valueOf(c));
            });
      }
    }
    return Pattern.compile(
        out.append(")".repeat(braces)).toString(), Pattern.DOTALL | Pattern.UNICODE_CASE);
  }
}
