package dev.towpath.task.python.environment;

import dev.towpath.spi.Location;
import dev.towpath.spi.Problem;
import dev.towpath.spi.PythonPackages;
import dev.towpath.spi.TowpathException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What packages a project asks for.
 *
 * @param root the project's folder
 */
record Requirements(Path root, PythonPackages packages) {
  /** A package that is a file or a folder here, without extras and conditions. */
  private static final Pattern PATH =
      Pattern.compile(
          "^[ \\t]*(?:(?:-e|--editable)[ \\t=]+)?(\\.{0,2}/[^\\s;#\\[]*)", Pattern.MULTILINE);

  /** Reads the files of a project. */
  static Requirements of(Path root) {
    return new Requirements(root, PythonPackages.of(root));
  }

  PythonPackages.Kind kind() {
    return packages.kind();
  }

  /** Texts by path relative to the root. */
  Map<String, String> files() {
    return packages.files();
  }

  /** The file that a person edits. */
  String file() {
    return packages.file();
  }

  /** The file whose versions are installed. */
  String decides() {
    return kind() == PythonPackages.Kind.UV_LOCK ? "uv.lock" : file();
  }

  /** Refuses files and folders of this machine that are asked for and not there. */
  void requirePaths() {
    List<Problem> missing = new ArrayList<>();
    if (kind() == PythonPackages.Kind.REQUIREMENTS) {
      files().forEach((file, text) -> missing.addAll(missing(file, text)));
    }
    if (!missing.isEmpty()) {
      throw new TowpathException(missing);
    }
  }

  private List<Problem> missing(String file, String text) {
    List<Problem> missing = new ArrayList<>();
    Matcher path = PATH.matcher(text);
    while (path.find()) {
      boolean there =
          Files.exists(root.resolve(path.group(1)))
              || Files.exists(root.resolve(file).resolveSibling(path.group(1)));
      if (!there && !path.group(1).contains("$")) {
        missing.add(
            Problem.error(
                Location.at(file, text, path.start(1)),
                "there is no " + path.group(1),
                "correct its path, which starts at the project's folder"));
      }
    }
    return missing;
  }

  /** Stands for an environment of these packages for an interpreter. */
  String key(Interpreter interpreter) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      add(digest, "2"); // of this way to build
      add(digest, interpreter.version());
      add(digest, interpreter.platform());
      packages.asked().entrySet().stream() // a comment installs nothing
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
              "(?<![\\w.-])"
                  + Arrays.stream(name.split("[-_.]+", -1))
                      .map(Pattern::quote)
                      .collect(Collectors.joining("[-_.]+"))
                  + "(?![\\w.-]*\\w)",
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

  /** A line as it is written; empty when there is none. */
  String text(String file, int line) {
    return files().getOrDefault(file, "").lines().skip(line - 1L).findFirst().orElse("").strip();
  }

  /** The start of a line; of a file that is not one of these, the whole. */
  Location line(String file, int line) {
    return files().containsKey(file) ? new Location(file, line, 1) : Location.of(file());
  }

  private Collection<Map.Entry<String, String>> inOrder() {
    return files().entrySet().stream()
        .filter(f -> !f.getKey().equals("uv.lock"))
        .sorted(
            java.util.Comparator.comparing(
                (Map.Entry<String, String> f) -> f.getKey().equals(file()) ? "" : f.getKey()))
        .toList();
  }
}
