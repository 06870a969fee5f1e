package dev.towpath.cli;

import dev.towpath.spi.Problem;
import dev.towpath.spi.TowpathException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Where a command prints: results to one stream, progress and errors to the other.
 *
 * @param terminal whether a person watches the second one
 */
record Console(PrintStream out, PrintStream err, boolean terminal) {

  /** The process's own streams, in UTF-8. */
  static Console system() {
    boolean terminal =
        System.getenv("TERM") != null
            && !"dumb".equals(System.getenv("TERM"))
            && System.getenv("CI") == null
            && "true".equals(System.getProperty("towpath.terminal"));
    return new Console(
        new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8) {
          @Override
          public void println(String line) {
            super.println(line);
            flush();
          }
        },
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
        terminal);
  }

  /** Prints a failure: for people to the error stream, or as JSON to the result stream. */
  void error(TowpathException e, boolean json) {
    if (json) {
      out.println(
          Json.write(
              Map.of(
                  "problems",
                  e.problems().isEmpty()
                      ? List.of(
                          Json.object(
                              "file",
                              null,
                              "line",
                              null,
                              "column",
                              null,
                              "severity",
                              "error",
                              "message",
                              e.getMessage(),
                              "hint",
                              e.hint().orElse(null)))
                      : e.problems().stream().map(Json::problem).toList())));
      out.flush();
      return;
    }
    if (e.problems().isEmpty()) {
      err.println("error: " + e.getMessage());
      e.hint().ifPresent(h -> err.println("  hint: " + h));
    } else {
      problems(e.problems());
    }
  }

  /** Prints problems for people, and how many there are. */
  void problems(List<Problem> problems) {
    problems.forEach(p -> err.println(p.toString()));
    long errors = problems.stream().filter(Problem::isError).count();
    long warnings = problems.size() - errors;
    err.println(count(errors, "error") + (warnings == 0 ? "" : ", " + count(warnings, "warning")));
  }

  /** {@code 1 error}, {@code 2 errors}. */
  static String count(long number, String thing) {
    return number + " " + thing + (number == 1 ? "" : "s");
  }
}
