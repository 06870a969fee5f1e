package dev.towpath.task.python.environment;

import dev.towpath.spi.Location;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What packages a project asks for: the first of {@code uv.lock} (with its {@code pyproject.toml}),
 * {@code pyproject.toml} and {@code requirements.txt}.
 *
 * @param root the project's folder
 * @param kind which of them
 * @param files texts by path relative to the root, those that a requirements file names included
 */
record Requirements(Path root, Kind kind, Map<String, String> files) {
  private static final Pattern INCLUDED =
      Pattern.compile("^\\s*(?:-r|-c|--requirement|--constraint)[\\s=]+(\\S+)");

  /** Only these tables of a pyproject.toml say what a program needs. */
  private static final Pattern PROJECT =
      Pattern.compile("^\\s*\\[(project|dependency-groups)\\b", Pattern.MULTILINE);

  /** Where packages are asked for. */
  enum Kind {
    NONE,
    UV_LOCK,
    PYPROJECT,
    REQUIREMENTS
  }

  Requirements {
    files = Map.copyOf(files);
  }

  /** Reads the files of a project. */
  static Requirements of(Path root) {
    Map<String, String> files = new LinkedHashMap<>();
    Optional<String> pyproject = read(root, "pyproject.toml");
    Optional<String> lock = read(root, "uv.lock");
    if (pyproject.isPresent() && (lock.isPresent() || isProject(pyproject.get()))) {
      files.put("pyproject.toml", pyproject.get());
      lock.ifPresent(text -> files.put("uv.lock", text));
      return new Requirements(root, lock.isPresent() ? Kind.UV_LOCK : Kind.PYPROJECT, files);
    }
    if (lock.isPresent()) {
      throw new TowpathException(
          "uv.lock stands without a pyproject.toml", "uv makes both: uv init, uv add, uv lock");
    }
    include(root, "requirements.txt", files);
    return new Requirements(root, files.isEmpty() ? Kind.NONE : Kind.REQUIREMENTS, files);
  }

  private static boolean isProject(String pyproject) {
    return PROJECT.matcher(pyproject).find();
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

  /** The file that a person edits. */
  String file() {
    return switch (kind) {
      case NONE -> "";
      case UV_LOCK, PYPROJECT -> "pyproject.toml";
      case REQUIREMENTS -> "requirements.txt";
    };
  }

  /** Stands for an environment of these packages for an interpreter. */
  String key(Interpreter interpreter) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      add(digest, "1"); // of this way to build
      add(digest, interpreter.version());
      add(digest, interpreter.platform());
      files.entrySet().stream()
          .sorted(Map.Entry.comparingByKey())
          .forEach(file -> {
            add(digest, file.getKey());
            add(digest, file.getValue());
          });
      return HexFormat.of().formatHex(digest.digest()).substring(0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static void add(MessageDigest digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
    digest.update(bytes);
  }

  /** Where one of some packages is asked for; else the file as a whole. */
  Location place(Collection<String> packages) {
    for (String name : packages) {
      // pip and uv normalize names; a file may spell them in another way
      Pattern use =
          Pattern.compile(
              "(?<![\\w.-])" + name.replaceAll("[-_.]+", "[-_.]+") + "(?![\\w.-]*\\w)",
              Pattern.CASE_INSENSITIVE);
      for (Map.Entry<String, String> file : inOrder()) {
        Matcher found = use.matcher(file.getValue());
        if (found.find()) {
          return Location.at(file.getKey(), file.getValue(), found.start());
        }
      }
    }
    return Location.of(file());
  }

  /** The start of a line; of a file that is not one of these, the whole. */
  Location line(String file, int line) {
    return files.containsKey(file) ? new Location(file, line, 1) : Location.of(file());
  }

  private Collection<Map.Entry<String, String>> inOrder() {
    return files.entrySet().stream()
        .filter(f -> !f.getKey().equals("uv.lock"))
        .sorted(
            java.util.Comparator.comparing(
                (Map.Entry<String, String> f) -> f.getKey().equals(file()) ? "" : f.getKey()))
        .toList();
  }
}
