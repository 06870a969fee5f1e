package dev.towpath.source.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.TowpathException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipException;

/** Takes one answer apart: its records go to a file, and what decides the next page is kept. */
final class PageReader {
  private static final JsonFactory JSON = new JsonFactory();
  private static final Pattern CHARSET =
      Pattern.compile("(?i).*;\\s*charset\\s*=\\s*\"?([^\";\\s]+).*");
  private static final Pattern NEXT =
      Pattern.compile("<([^>]*)>((?:\\s*;\\s*[^;,=]+(?:=(?:\"[^\"]*\"|[^;,\"]*))?)*)");
  private static final Set<String> LINES =
      Set.of(
          "application/x-ndjson",
          "application/ndjson",
          "application/jsonl",
          "application/x-jsonlines",
          "application/jsonlines",
          "application/json-lines",
          "application/x-jsonl");

  private final Server server;
  private final HttpSettings settings;
  private final Found found;
  private final String shown;
  private final Answer answer;
  private final Map<List<String>, String> values = new HashMap<>();
  private final Set<List<String>> places;

  private final Outline outline = new Outline();

  private boolean reached;

  PageReader(Server server, HttpSettings settings, Found found, String shown, Answer answer) {
    this.server = server;
    this.settings = settings;
    this.found = found;
    this.shown = shown;
    this.answer = answer;
    this.places = settings.pagination().places();
  }

  /**
   * Reads the answer.
   *
   * @param file that the records are added to, one a line
   * @throws IOException when the answer ends too early
   */
  Page read(Path file) throws IOException {
    if (answer.isHtml()) {
      throw failure(
          " answered with a web page (HTML), not with JSON: " + answer.excerpt(),
          "see whether url: and path: lead to the API and not to its manual, and whether it wants"
              + " auth:",
          null);
    }
    found.page(shown);
    try (InputStream in = answer.open();
        JsonParser parser = parser(in);
        Records records = new Records(JSON, file, found, settings.flatten())) {
      try {
        document(parser, records);
      } catch (Found.RecordException e) {
        throw failure(": " + e.getMessage(), e.hint(), e);
      }
      return new Page(
          records.count(),
          records.bytes(),
          records.hash(),
          values,
          outline,
          next(),
          answer.uri(),
          answer.header("ETag"),
          Version.settled(answer));
    } catch (JsonEOFException | EOFException | ZipException e) {
      throw new Server.CutException("ended its answer too early", e);
    } catch (StreamConstraintsException e) {
      throw failure(": " + e.getOriginalMessage(), "this is more than JSON may hold here", e);
    } catch (JsonParseException e) {
      throw invalid(e);
    }
  }

  private JsonParser parser(InputStream in) throws IOException {
    Matcher charset = CHARSET.matcher(answer.header("Content-Type").orElse(""));
    if (charset.matches()) {
      try {
        Charset set = Charset.forName(charset.group(1));
        if (!set.equals(StandardCharsets.UTF_8) && !set.equals(StandardCharsets.US_ASCII)) {
          return JSON.createParser(new InputStreamReader(in, set));
        }
      } catch (IllegalCharsetNameException | UnsupportedCharsetException _) {
        return JSON.createParser(in); // nobody knows it; JSON itself tells UTF-8, -16 and -32
      }
    }
    return JSON.createParser(in);
  }

  private TowpathException invalid(JsonParseException e) {
    String type = answer.type();
    boolean json = type.isEmpty() || type.contains("json") || type.startsWith("text/plain");
    long bytes = e.getLocation() == null ? -1 : e.getLocation().getByteOffset();
    long at = bytes >= 0 || e.getLocation() == null ? bytes : e.getLocation().getCharOffset();
    return json
        ? failure(
            " is not valid JSON at byte " + at + ": " + first(e.getOriginalMessage()),
            "the answer begins with: " + answer.excerpt(),
            e)
        : failure(
            " answered with " + type + ", not with JSON: " + answer.excerpt(),
            "ask for JSON with headers: {Accept: application/json}, or read such files with type:"
                + " files",
            e);
  }

  private static String first(String message) {
    return message.lines().findFirst().orElse("").strip();
  }

  private void document(JsonParser parser, Records records) throws IOException {
    JsonToken token = parser.nextToken();
    if (token == null) {
      if (lines()) {
        return; // no line is no record
      }
      throw failure(
          " answered with nothing", "see whether url:, path: and params: are right", null);
    }
    if (lines()) {
      for (; token != null; token = parser.nextToken()) {
        record(parser, records);
      }
      return;
    }
    walk(parser, new ArrayList<>(), records);
    if (parser.nextToken() != null) {
      throw failure(
          " answered with more than one JSON value",
          "if each line is a record, set format: ndjson",
          null);
    }
    if (!reached) {
      throw missing();
    }
  }

  private boolean lines() {
    return settings.lines().orElse(LINES.contains(answer.type()));
  }

  /** A value at a place: what it is decides whether it holds records or leads to them. */
  private void walk(JsonParser parser, List<String> place, Records records) throws IOException {
    JsonToken token = parser.currentToken();
    if (place.equals(settings.records())
        && (token == JsonToken.START_ARRAY || !place.isEmpty() || settings.single())) {
      reached = true;
      rows(parser, records);
    } else if (token == JsonToken.START_OBJECT) {
      Map<String, String> here = outline.object(place);
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        outline.key(here, name, kind(parser.nextToken()));
        place.addLast(name);
        if (places.contains(place)) {
          outline.found(place);
        }
        if (leads(place)) {
          walk(parser, place, records);
        } else {
          parser.skipChildren();
        }
        place.removeLast();
      }
    } else if (token == JsonToken.START_ARRAY) {
      parser.skipChildren();
    } else if (token != JsonToken.VALUE_NULL && places.contains(place)) {
      values.put(List.copyOf(place), parser.getText());
    }
  }

  /** Whether something that is looked for stands at a place or below it. */
  private boolean leads(List<String> place) {
    return starts(settings.records(), place) || places.stream().anyMatch(p -> starts(p, place));
  }

  private static boolean starts(List<String> path, List<String> with) {
    return path.size() >= with.size() && path.subList(0, with.size()).equals(with);
  }

  private void rows(JsonParser parser, Records records) throws IOException {
    switch (parser.currentToken()) {
      case START_ARRAY -> {
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          record(parser, records);
        }
      }
      case START_OBJECT -> record(parser, records);
      case VALUE_NULL -> {
        // some write an empty list so
      }
      default ->
          throw failure(
              " has " + kind(parser.currentToken()) + " at " + label() + ", not a list of records",
              "set records: to where the list stands",
              null);
    }
  }

  private void record(JsonParser parser, Records records) throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancelledException();
    }
    if (parser.currentToken() == null) {
      throw new EOFException();
    }
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw failure(
          ": record "
              + (records.count() + 1)
              + " is "
              + kind(parser.currentToken())
              + ", not an object with fields",
          "set records: to a list of objects",
          null);
    }
    records.copy(parser);
  }

  private TowpathException missing() {
    String has = outline.words(settings.records());
    if (settings.records().isEmpty()) {
      String list =
          outline.nearby(settings.records()).entrySet().stream()
              .filter(e -> e.getValue().equals("a list"))
              .map(Map.Entry::getKey)
              .findFirst()
              .map(name -> "set records: " + name)
              .orElse("set records: to where the list stands");
      return failure(
          " answered with an object, not with a list; it has " + has,
          list + ", or records: . when the object is the one row",
          null);
    }
    return failure(" has no " + label() + "; it has " + has, "correct records:", null);
  }

  private String label() {
    return settings.records().isEmpty()
        ? "its top"
        : "\"" + String.join(".", settings.records()) + "\"";
  }

  private static String kind(@org.jspecify.annotations.Nullable JsonToken token) {
    return switch (token) {
      case START_ARRAY -> "a list";
      case START_OBJECT -> "an object";
      case VALUE_STRING -> "a text";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
      case VALUE_TRUE, VALUE_FALSE -> "true or false";
      case null, default -> "null";
    };
  }

  /** The target of the header {@code Link} with {@code rel=next}. */
  private Optional<String> next() {
    for (String header : answer.headers().allValues("Link")) {
      Matcher matcher = NEXT.matcher(header);
      while (matcher.find()) {
        if (matcher
            .group(2)
            .matches("(?is).*;\\s*rel\\s*=\\s*(\"([^\"]*\\s)?next(\\s[^\"]*)?\"|next\\b).*")) {
          return Optional.of(matcher.group(1));
        }
      }
    }
    return Optional.empty();
  }

  private TowpathException failure(
      String message, String hint, @org.jspecify.annotations.Nullable Exception cause) {
    return server.failure(shown + message, hint, cause);
  }
}
