package dev.towpath.task.python;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.PythonParser;
import dev.towpath.spi.TowpathException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Python's own parser in one helper process, started by the first file. */
public final class Parser implements PythonParser {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Interpreters interpreters;
  private final Path root;
  private @Nullable Process process;

  /** A parser for the project in a folder; starts nothing yet. */
  public Parser(Interpreters interpreters, Path root) {
    this.interpreters = interpreters;
    this.root = root;
  }

  @Override
  public List<Parsed> parse(List<SourceFile> files) {
    Process helper = process();
    Thread writer = Thread.startVirtualThread(() -> write(helper, files)); // both pipes are short
    List<Parsed> answers = new ArrayList<>();
    BufferedReader in = helper.inputReader(StandardCharsets.UTF_8);
    try {
      for (SourceFile file : files) {
        String line = in.readLine();
        if (line == null) {
          throw broken(file, helper);
        }
        answers.add(parsed(JSON.readTree(line)));
      }
      writer.join();
    } catch (IOException e) {
      throw new TowpathException("Python's parser cannot be reached: " + e.getMessage(), null, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    }
    return answers;
  }

  private Process process() {
    Process known = process;
    if (known != null) {
      return known;
    }
    String python = interpreters.forParsing().toString();
    try {
      Process started =
          new ProcessBuilder(
                  python,
                  "-I",
                  "-X",
                  "utf8",
                  interpreters.home().resolve("towpath").resolve("_parse.py").toString())
              .directory(root.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      process = started;
      return started;
    } catch (IOException e) {
      throw new TowpathException("cannot start " + python + ": " + e.getMessage(), null, e);
    }
  }

  private static void write(Process helper, List<SourceFile> files) {
    BufferedWriter out = helper.outputWriter(StandardCharsets.UTF_8);
    try {
      for (SourceFile file : files) {
        out.write(
            JSON.writeValueAsString(
                Map.of("file", file.file(), "text", file.text(), "entry", file.entry())));
        out.write('\n');
      }
      out.flush();
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    } catch (IOException e) {
      helper.destroyForcibly(); // it has ended; the reader tells
    }
  }

  private static TowpathException broken(SourceFile file, Process helper) {
    String how = "";
    try {
      how = helper.waitFor(1, TimeUnit.SECONDS) ? " (exit code " + helper.exitValue() + ")" : "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return new TowpathException("Python's parser broke off at " + file.file() + how);
  }

  private static Parsed parsed(JsonNode answer) {
    JsonNode build = answer.path("build");
    JsonNode error = answer.path("error");
    List<Read> reads = new ArrayList<>();
    for (JsonNode read : answer.path("reads")) {
      Optional<List<Named>> columns =
          read.path("columns").isArray()
              ? Optional.of(names(read.path("columns")))
              : Optional.empty();
      reads.add(new Read(named(read), columns));
    }
    JsonNode bounds = answer.path("bounds");
    return new Parsed(
        build.isObject() ? Optional.of(build(build)) : Optional.empty(),
        reads,
        places(answer.path("dynamic")),
        places(answer.path("escapes")),
        wrong(answer.path("wrong")),
        answer.path("near").isObject() ? Optional.of(named(answer.path("near"))) : Optional.empty(),
        names(answer.path("params")),
        answer.path("dynamic_params").asBoolean(),
        bounds.isObject() ? Optional.of(place(bounds)) : Optional.empty(),
        answer.path("now").asBoolean(),
        texts(answer.path("imports")),
        texts(answer.path("absent")),
        texts(answer.path("modules")),
        answer.path("canonical").asText(),
        error.isObject()
            ? Optional.of(new Mistake(error.path("message").asText(), place(error)))
            : Optional.empty());
  }

  private static Build build(JsonNode node) {
    JsonNode parameters = node.path("parameters");
    return new Build(
        place(node), parameters.isArray() ? Optional.of(texts(parameters)) : Optional.empty());
  }

  private static Place place(JsonNode node) {
    return new Place(
        Math.max(1, node.path("line").asInt()), Math.max(1, node.path("column").asInt()));
  }

  private static List<Place> places(JsonNode list) {
    List<Place> places = new ArrayList<>();
    list.forEach(n -> places.add(place(n)));
    return places;
  }

  private static List<Wrong> wrong(JsonNode list) {
    List<Wrong> wrong = new ArrayList<>();
    list.forEach(
        n -> wrong.add(new Wrong(n.path("message").asText(), n.path("hint").asText(), place(n))));
    return wrong;
  }

  private static Named named(JsonNode node) {
    return new Named(node.path("name").asText(), place(node));
  }

  private static List<Named> names(JsonNode list) {
    List<Named> names = new ArrayList<>();
    list.forEach(n -> names.add(named(n)));
    return names;
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(n -> texts.add(n.asText()));
    return texts;
  }

  @Override
  public void close() {
    Process helper = process;
    process = null;
    if (helper != null) {
      helper.destroyForcibly(); // it holds nothing that could be lost
    }
  }
}
