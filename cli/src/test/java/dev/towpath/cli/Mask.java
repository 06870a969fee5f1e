package dev.towpath.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Replaces what differs from run to run in what a command printed: ids, the time of day, durations,
 * sizes, the project's folder, and the order in which tables were done at the same time. A JSON
 * document is put on lines of its own.
 */
final class Mask {
  private static final Pattern RUN = Pattern.compile("\\d{8}-\\d{6}-[0-9a-f]{8}(\\.\\d+)?");
  private static final Pattern HASHED = Pattern.compile("[0-9a-f]{8}-[0-9a-f-]{27}");
  private static final Pattern TIME =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z");
  private static final Pattern FRESH = Pattern.compile("should be after \\d{4}-\\d\\d-\\d\\d");
  private static final Pattern ROW_BYTES = Pattern.compile("(?m)^(NOW +\\d* +)\\d+( +RUN )");
  private static final Pattern SECONDS = Pattern.compile("\\b\\d+\\.\\d s\\b");
  private static final Pattern JSON_SECONDS = Pattern.compile("(\"seconds\" : )[\\d.]+");
  private static final Pattern BYTES = Pattern.compile("\\b\\d+ (bytes|kB)");
  private static final Pattern JSON_BYTES = Pattern.compile("(\"bytes\" : )[1-9]\\d*");
  private static final Pattern TASK = Pattern.compile("\\[\\d+/(\\d+)\\] (.*)");
  private static final JsonFactory JSON = new JsonFactory();

  private final Path project;

  Mask(Path project) {
    this.project = project;
  }

  /** The text as it is expected. */
  String apply(String text) {
    String out = text.replace(project.toString(), "{project}");
    if (out.startsWith("{") && out.endsWith("}\n") && out.indexOf('\n') == out.length() - 1) {
      out = pretty(out);
    }
    out = TIME.matcher(out).replaceAll(m -> isNow(m.group()) ? "NOW" : m.group());
    out = RUN.matcher(out).replaceAll("RUN");
    out = HASHED.matcher(out).replaceAll("UUID");
    out = FRESH.matcher(out).replaceAll("should be after TODAY");
    out = ROW_BYTES.matcher(out).replaceAll("$1N$2");
    out = SECONDS.matcher(out).replaceAll("N s");
    out = JSON_SECONDS.matcher(out).replaceAll("$1N");
    out = BYTES.matcher(out).replaceAll("N $1");
    out = JSON_BYTES.matcher(out).replaceAll("$1N");
    return tasksInOrder(out);
  }

  private static boolean isNow(String time) {
    return Duration.between(Instant.parse(time), Instant.now()).abs().toHours() < 24;
  }

  private static String pretty(String json) {
    StringWriter text = new StringWriter();
    try (JsonParser in = JSON.createParser(json);
        JsonGenerator out = JSON.createGenerator(text)) {
      DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
      printer.indentArraysWith(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE);
      out.setPrettyPrinter(printer);
      while (in.nextToken() != null) {
        out.copyCurrentEventExact(in); // 0.00 stays 0.00
      }
    } catch (IOException e) {
      throw new AssertionError("no JSON: " + json, e);
    }
    return text + "\n";
  }

  /** Sorts neighbouring lines of tasks, since tasks end in any order. */
  private static String tasksInOrder(String text) {
    List<String> lines = new ArrayList<>();
    List<String> tasks = new ArrayList<>();
    for (String line : text.split("(?<=\n)")) {
      if (TASK.matcher(line.strip()).matches()) {
        tasks.add(TASK.matcher(line).replaceAll("[n/$1] $2"));
      } else {
        flush(tasks, lines);
        lines.add(line);
      }
    }
    flush(tasks, lines);
    return String.join("", lines);
  }

  private static void flush(List<String> tasks, List<String> lines) {
    tasks.sort(Comparator.comparing(t -> t.replaceFirst("^\\S+ . ", "")));
    lines.addAll(tasks);
    tasks.clear();
  }
}
