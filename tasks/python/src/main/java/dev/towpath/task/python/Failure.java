package dev.towpath.task.python;

import com.fasterxml.jackson.databind.JsonNode;
import dev.towpath.spi.Location;
import dev.towpath.spi.Problem;
import dev.towpath.spi.PythonRunner;
import dev.towpath.spi.TowpathException;
import dev.towpath.task.process.Memory;
import dev.towpath.task.process.OutputLog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a person is told of a task that failed. */
final class Failure {
  private static final Pattern FRAME = Pattern.compile("File \"([^\"]+)\", line (\\d+)");

  /** Exceptions of the package {@code towpath}, whose message says it all. */
  private static final Set<String> OURS =
      Set.of("", "TowpathError", "ContractError", "MissingPackage");

  private final PythonRunner.Model model;
  private final Path root;
  private final OutputLog log;

  Failure(PythonRunner.Model model, Path root, OutputLog log) {
    this.model = model;
    this.root = root;
    this.log = log;
  }

  /** A failure that the child told of. */
  TowpathException told(JsonNode event) {
    Location at =
        event.path("file").isTextual()
            ? place(event.path("file").asText(), Math.max(1, event.path("line").asInt()))
            : new Location(model.file(), 1, 1);
    if (event.path("problems").isArray() && !event.path("problems").isEmpty()) {
      List<Problem> problems = new ArrayList<>();
      for (JsonNode problem : event.path("problems")) {
        problems.add(
            new Problem(
                Problem.Severity.ERROR,
                declared(problem.path("column").asText()).orElse(at),
                problem.path("message").asText(),
                text(problem, "hint")));
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
                named ? type + (message.isEmpty() ? "" : ": " + message) : message,
                text(event, "hint").or(() -> trace(event)).or(this::output))));
  }

  /** Where a column is declared that came back wrong, or all columns are. */
  private Optional<Location> declared(String column) {
    return Optional.ofNullable(model.places().get(column))
        .or(() -> Optional.ofNullable(model.places().get("")));
  }

  /** The start of a line's code. */
  private Location place(String file, int line) {
    int column = 1;
    if (file.equals(model.file())) {
      String text = model.text().lines().skip(line - 1L).findFirst().orElse("");
      column = text.length() - text.stripLeading().length() + 1;
    }
    return new Location(file, line, column);
  }

  private static Optional<String> text(JsonNode node, String name) {
    return node.path(name).isTextual() ? Optional.of(node.path(name).asText()) : Optional.empty();
  }

  /** The user's own lines that led there, the last of which is the problem's place. */
  private Optional<String> trace(JsonNode event) {
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
                + String.join(", by ", frames.reversed().subList(1, Math.min(frames.size(), 6)))
                + output().map(o -> "; " + o).orElse(""));
  }

  private Optional<String> output() {
    return log.isEmpty()
        ? Optional.empty()
        : Optional.of("its output is in " + relative(log.file()));
  }

  private String relative(Path file) {
    return file.startsWith(root) ? root.relativize(file).toString() : file.toString();
  }

  /** A child that was gone without a word. */
  TowpathException gone(String how, long peak) {
    String memory =
        peak > 0 && how.endsWith("SIGKILL") ? ", having taken " + Memory.text(peak) : "";
    return new TowpathException(
        List.of(
            new Problem(
                Problem.Severity.ERROR,
                place().orElse(new Location(model.file(), 1, 1)),
                "the Python process " + how + memory + " before it was done",
                how.endsWith("SIGKILL")
                    ? Optional.of(
                        "the system may have run out of memory: read fewer columns, or return an"
                            + " iterator of batches")
                    : output())));
  }

  /** The user's line in the last words that Python prints when it crashes. */
  private Optional<Location> place() {
    List<String> lines = log.last();
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
              place(
                  root.relativize(file).toString().replace('\\', '/'),
                  Integer.parseInt(frame.group(2))));
        }
      }
    }
    return Optional.empty();
  }
}
