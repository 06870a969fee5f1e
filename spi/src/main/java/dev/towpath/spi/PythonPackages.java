package dev.towpath.spi;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Where a project asks for Python packages: the first of {@code uv.lock} (with its {@code
 * pyproject.toml}), {@code pyproject.toml} with a {@code [project]}, and {@code requirements.txt}
 * with the files that it includes. What is installed and what makes models stale both go by this.
 *
 * @param files texts by path relative to the root, in the order in which they were found
 */
public record PythonPackages(Kind kind, Map<String, String> files) {
  private static final Pattern INCLUDED =
      Pattern.compile("^\\s*(?:-[rc]\\s*|--(?:requirement|constraint)[\\s=]+)(\\S+)");

  /** Only this table of a pyproject.toml says what a program needs. */
  private static final Pattern PROJECT =
      Pattern.compile("^\\s*\\[project[\\].\\s]", Pattern.MULTILINE);

  private static final Pattern TABLE = Pattern.compile("\\s*\\[\\[?([A-Za-z0-9_. -]+)\\]\\]?.*");

  /** Tables of a pyproject.toml that decide what is installed; all others are other tools'. */
  private static final Pattern INSTALLED =
      Pattern.compile("(project|dependency-groups|build-system|tool\\.uv)(\\..*)?");

  /** The kind of file. */
  public enum Kind {
    NONE,
    UV_LOCK,
    PYPROJECT,
    REQUIREMENTS
  }

  public PythonPackages {
    files = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(files));
  }

  /**
   * Reads the files of a project.
   *
   * @throws TowpathException when they contradict each other, or cannot be read
   */
  public static PythonPackages of(Path root) {
    Map<String, String> files = new LinkedHashMap<>();
    Optional<String> pyproject = read(root, "pyproject.toml");
    Optional<String> lock = read(root, "uv.lock");
    if (pyproject.isPresent() && (lock.isPresent() || PROJECT.matcher(pyproject.get()).find())) {
      files.put("pyproject.toml", pyproject.get());
      lock.ifPresent(text -> files.put("uv.lock", text));
      return new PythonPackages(lock.isPresent() ? Kind.UV_LOCK : Kind.PYPROJECT, files);
    }
    if (lock.isPresent()) {
      throw new TowpathException(
          "uv.lock stands without a pyproject.toml", "uv makes both: uv init, uv add, uv lock");
    }
    include(root, "requirements.txt", files);
    return new PythonPackages(files.isEmpty() ? Kind.NONE : Kind.REQUIREMENTS, files);
  }

  private static void include(Path root, String name, Map<String, String> files) {
    if (files.containsKey(name)) {
      return;
    }
    Optional<String> text = read(root, name);
    if (text.isEmpty()) {
      return; // pip says so, with the line
    }
    files.put(name, text.get());
    for (String line : text.get().split("\\R", -1)) {
      Matcher included = INCLUDED.matcher(line);
      if (included.find() && !included.group(1).contains("://")) {
        Path beside = Path.of(name).resolveSibling(included.group(1)).normalize();
        include(root, beside.toString(), files);
      }
    }
  }

  private static Optional<String> read(Path root, String name) {
    try {
      // Bytes that are no UTF-8 are kept apart well enough for a hash, and pip says what is wrong.
      return Optional.of(
          new String(Files.readAllBytes(root.resolve(name)), StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new TowpathException("cannot read " + name + ": " + e.getMessage(), null, e);
    }
  }

  /** The file that a person edits; empty when there is none. */
  public String file() {
    return switch (kind) {
      case NONE -> "";
      case UV_LOCK, PYPROJECT -> "pyproject.toml";
      case REQUIREMENTS -> "requirements.txt";
    };
  }

  /** What is asked for, by file: without comments, and without what other tools are told. */
  public Map<String, String> asked() {
    Map<String, String> asked = new LinkedHashMap<>();
    files.forEach((name, text) ->
        asked.put(
            name,
            switch (name) {
              case "uv.lock" -> text;
              case "pyproject.toml" -> tables(text);
              default -> lines(text);
            }));
    return asked;
  }

  private static String tables(String toml) {
    StringBuilder kept = new StringBuilder();
    boolean keep = false;
    for (String line : toml.lines().toList()) {
      Matcher table = TABLE.matcher(line);
      if (table.matches()) {
        keep = INSTALLED.matcher(table.group(1).strip()).matches();
      }
      if (keep && !line.isBlank() && !line.stripLeading().startsWith("#")) {
        kept.append(line.strip()).append('\n');
      }
    }
    return kept.toString();
  }

  private static String lines(String requirements) {
    return requirements
        .lines()
        .map(line -> line.replaceFirst("(^|\\s)#.*", "").strip())
        .filter(line -> !line.isEmpty())
        .collect(Collectors.joining("\n"));
  }
}
