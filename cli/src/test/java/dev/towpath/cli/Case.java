package dev.towpath.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One golden case: a project's files, and a file {@code commands} with one step a line. A step is a
 * command line of Towpath as a shell would take it apart, or one of
 *
 * <pre>
 * write FILE TEXT       a file with that text; \n, \t, \r and \\uFEFF as in Java
 * replace FILE OLD NEW  the text of a file with one thing replaced; OLD must be there
 * copy FROM TO          a file or folder of the project
 * move FROM TO
 * delete FILE           or a folder with all that is in it
 * sqlite FILE SQL       a statement on a SQLite database, which is made when it is not there
 * cat FILE              prints a file
 * # ...                 a remark, printed too
 * </pre>
 *
 * <p>Single quotes hold a word as it is, double ones know Java's escapes. {@code {project}} stands
 * for the project's folder, which every command works in unless it has {@code -C}.
 */
final class Case {
  static final String EXPECTED = "expected.txt";
  private static final String COMMANDS = "commands";
  private static final Pattern WORD =
      Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"|'([^']*)'|(\\S+)");
  private static final Pattern CODE_POINT = Pattern.compile("\\\\u([0-9A-F]{4})");

  private final Path files;
  private final Path project;
  private final StringBuilder said = new StringBuilder();

  /**
   * A case that is played in a folder of its own.
   *
   * @param files the case's folder, which stays as it is
   */
  Case(Path files, Path folder) {
    this.files = files;
    this.project = folder.resolve("project");
  }

  /** Takes all steps and returns what was printed, volatile parts replaced. */
  String play() throws IOException {
    Towpath.copy(files, project);
    Files.delete(project.resolve(COMMANDS));
    Files.deleteIfExists(project.resolve(EXPECTED));
    Mask mask = new Mask(project);
    for (String line : Files.readAllLines(files.resolve(COMMANDS))) {
      if (line.isBlank()) {
        said.append('\n');
        continue;
      }
      said.append(line.startsWith("#") ? "" : "$ ").append(line).append('\n');
      if (!line.startsWith("#")) {
        step(words(line.replace("{project}", project.toString())), mask);
      }
    }
    return said.toString();
  }

  private void step(List<String> words, Mask mask) throws IOException {
    switch (words.getFirst()) {
      case "write" -> write(path(words, 1), words.get(2));
      case "replace" -> {
        String text = Files.readString(path(words, 1));
        if (!text.contains(words.get(2))) {
          throw new IOException(words.get(1) + " does not hold " + words.get(2));
        }
        write(path(words, 1), text.replace(words.get(2), words.get(3)));
      }
      case "copy" -> {
        Files.createDirectories(path(words, 2).getParent());
        Towpath.copy(path(words, 1), path(words, 2));
      }
      case "move" -> {
        Files.createDirectories(path(words, 2).getParent());
        Files.move(path(words, 1), path(words, 2));
      }
      case "delete" -> delete(path(words, 1));
      case "sqlite" -> sqlite(path(words, 1), words.get(2));
      case "cat" -> print("| ", mask.apply(Files.readString(path(words, 1))));
      default -> {
        Towpath.Result result = new Towpath(project).run(words.toArray(String[]::new));
        print("| ", mask.apply(result.out()));
        print("! ", mask.apply(result.err()));
        if (result.exit() != 0) {
          said.append("= ").append(result.exit()).append('\n');
        }
      }
    }
  }

  private void print(String mark, String text) {
    text.lines().forEach(l -> said.append((mark + l).stripTrailing()).append('\n'));
    if (!text.isEmpty() && !text.endsWith("\n")) {
      said.append("(no line end)\n");
    }
  }

  private Path path(List<String> words, int index) {
    return project.resolve(words.get(index));
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void delete(Path path) throws IOException {
    try (Stream<Path> all = Files.walk(path)) {
      for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(one);
      }
    }
  }

  private static void sqlite(Path file, String sql) throws IOException {
    Files.createDirectories(file.getParent());
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    } catch (SQLException e) {
      throw new IOException(sql + ": " + e.getMessage(), e);
    }
  }

  /** Words are parted by spaces; quotes hold one together, double ones with Java's escapes. */
  private static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(line);
    while (word.find()) {
      if (word.group(1) != null) {
        words.add(
            CODE_POINT
                .matcher(word.group(1))
                .replaceAll(c -> Character.toString(Integer.parseInt(c.group(1), 16)))
                .translateEscapes());
      } else {
        words.add(word.group(2) != null ? word.group(2) : word.group(3));
      }
    }
    return words;
  }
}
