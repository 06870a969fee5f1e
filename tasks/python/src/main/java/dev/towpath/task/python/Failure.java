package dev.towpath.task.python;

import com.fasterxml.jackson.databind.JsonNode;
import dev.towpath.spi.Location;
import dev.towpath.spi.Problem;
import dev.towpath.spi.TowpathException;
import dev.towpath.task.process.Memory;
import dev.towpath.task.process.OutputLog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a person is told of a task that failed. */
final class Failure {
  private static final Pattern FRAME = Pattern.compile("File \"([^\"]+)\", line (\\d+)");

  /** Exceptions of the package {@code towpath}, whose message says it all. */
  static final Set<String> OURS =
      Set.of("", "TowpathError", "ReadError", "ContractError", "MissingPackage", "CellFailed");

  private final String file;
  private final String text;
  private final Map<String, Location> places;
  private final Path root;
  private final Path home;
  private final OutputLog log;

  /**
   * Failures of the code of a file.
   *
   * @param text the code, on its lines of the file
   * @param places where the file declares columns, by name; by no name, all of them
   * @param root the project's files, which may be a copy
   * @param home the project's folder, in which the log is
   */
  Failure(
      String file, String text, Map<String, Location> places, Path root, Path home, OutputLog log) {
    this.file = file;
    this.text = text;
    this.places = places;
    this.root = root;
    this.home = home;
    this.log = log;
  }

  /** A failure that the child told of. */
  TowpathException told(JsonNode event) {
    Location at =
        event.path("file").isTextual()
            ? place(event.path("file").asText(), Math.max(1, event.path("line").asInt()))
            : start();
    if (event.path("problems").isArray() && !event.path("problems").isEmpty()) {
      List<Problem> problems = new ArrayList<>();
      for (JsonNode problem : event.path("problems")) {
        problems.add(
            new Problem(
                Problem.Severity.ERROR,
                declared(problem.path("column").asText()).orElse(at),
                log.masked(problem.path("message").asText()),
                said(problem, "hint").map(log::masked)));
      }
      return new TowpathException(problems);
    }
    String type = event.path("type").asText();
    String message = event.path("message").asText().lines().findFirst().orElse("");
    boolean named = event.path("kind").asText().matches("import|build") && !OURS.contains(type);
    return new TowpathException(
        List.of(
            new Problem(
                Problem.Severity.ERROR,
                at,
                log.masked(named ? type + (message.isEmpty() ? "" : ": " + message) : message),
                said(event, "hint").map(log::masked).or(() -> trace(event)).or(this::output))));
  }

  /** Where a column is declared that came back wrong, or all columns are. */
  private Optional<Location> declared(String column) {
    return Optional.ofNullable(places.get(column)).or(() -> Optional.ofNullable(places.get("")));
  }

  /** Where the code begins. */
  private Location start() {
    long blank = text.lines().takeWhile(String::isBlank).count();
    return new Location(file, (int) blank + 1, 1);
  }

  /** The start of a line's code. */
  private Location place(String in, int line) {
    int column = 1;
    if (in.equals(file)) {
      String code = text.lines().skip(line - 1L).findFirst().orElse("");
      column = code.length() - code.stripLeading().length() + 1;
    }
    return new Location(in, line, column);
  }

  private static Optional<String> said(JsonNode node, String name) {
    return node.path(name).isTextual() ? Optional.of(node.path(name).asText()) : Optional.empty();
  }

  /** The user's own lines that led there, the last of which is the problem's place. */
  private Optional<String> trace(JsonNode event) {
    return callers(event).map(text -> text + output().map(o -> "; " + o).orElse(""));
  }

  /** Who called the line where it failed; empty when nobody of the project's own did. */
  static Optional<String> callers(JsonNode event) {
    List<String> frames = new ArrayList<>();
    for (JsonNode frame : event.path("trace")) {
      frames.add(
          frame.path("file").asText()
              + ":"
              + frame.path("line").asInt()
              + " in "
              + frame.path("function").asText());
    }
    return frames.size() < 2
        ? Optional.empty()
        : Optional.of(
            "called by "
                + String.join(", by ", frames.reversed().subList(1, Math.min(frames.size(), 6))));
  }

  private Optional<String> output() {
    return log.isEmpty()
        ? Optional.empty()
        : Optional.of("its output is in " + relative(log.file()));
  }

  private String relative(Path file) {
    return file.startsWith(home) ? home.relativize(file).toString() : file.toString();
  }

  /** A child that was gone without a word. */
  TowpathException gone(String how, long peak) {
    TowpathException told = gone(how, peak, log.last(), root, start());
    Problem problem = told.problems().getFirst();
    return new TowpathException(
        List.of(
            new Problem(
                problem.severity(),
                place(problem.location().file(), problem.location().line()),
                problem.message(),
                problem.hint().or(this::output))));
  }

  /**
   * A child that was gone without a word.
   *
   * @param lines its last ones
   * @param otherwise the place when the lines tell none
   */
  static TowpathException gone(
      String how, long peak, List<String> lines, Path root, Location otherwise) {
    boolean killed = how.endsWith("SIGKILL");
    return new TowpathException(
        List.of(
            new Problem(
                Problem.Severity.ERROR,
                crashed(lines, root).orElse(otherwise),
                "the Python process "
                    + how
                    + (peak > 0 && killed ? ", having taken " + Memory.text(peak) : "")
                    + " before it was done",
                killed
                    ? Optional.of(
                        "the system may have run out of memory: read fewer columns, or work in"
                            + " batches")
                    : Optional.empty())));
  }

  /** The user's line in the last words that Python prints when it crashes. */
  private static Optional<Location> crashed(List<String> lines, Path root) {
    int fatal = -1;
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith("Fatal Python error")) {
        fatal = i;
      }
    }
    for (int i = fatal; fatal >= 0 && i < lines.size(); i++) {
      Matcher frame = FRAME.matcher(lines.get(i));
      if (frame.find()) {
        Path file = root.resolve(frame.group(1)).normalize();
        if (file.startsWith(root)) {
          return Optional.of(
              new Location(
                  root.relativize(file).toString().replace('\\', '/'),
                  Integer.parseInt(frame.group(2)),
                  1));
        }
      }
    }
    return Optional.empty();
  }
}
