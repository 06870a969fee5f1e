package dev.towpath.task.python.environment;

import dev.towpath.spi.Location;
import dev.towpath.spi.PythonPackages;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
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

  /** Stands for an environment of these packages for an interpreter. */
  String key(Interpreter interpreter) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      add(digest, "1"); // of this way to build
      add(digest, interpreter.version());
      add(digest, interpreter.platform());
      files().entrySet().stream()
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
