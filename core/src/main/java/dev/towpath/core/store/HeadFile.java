package dev.towpath.core.store;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import dev.towpath.spi.ObjectStore;
import dev.towpath.spi.TowpathException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * The file {@code releases/<environment>/head.json}: which release was the head, as far as the lake
 * knows. It is written after the commit and may lag behind it.
 *
 * @param manifest the head's manifest; empty text when there is none
 * @param dropped when the environment was dropped, if it was and has not been made again
 */
public record HeadFile(String manifest, Optional<Instant> dropped) {
  /** There is no such file. */
  public static final HeadFile NONE = new HeadFile("", Optional.empty());

  /** The head is the release with that manifest. */
  public static HeadFile of(String manifest) {
    return new HeadFile(manifest, Optional.empty());
  }

  /** Nothing that was published before that moment counts. */
  public static HeadFile dropped(Instant at) {
    return new HeadFile("", Optional.of(at));
  }

  /** Path of an environment's head file. */
  public static String path(String environment) {
    return "releases/" + environment + "/head.json";
  }

  /** Whether a path in the lake is that of some environment's head file. */
  public static boolean isHead(String path) {
    return path.startsWith("releases/") && path.endsWith("/head.json");
  }

  /** The environment whose head file has that path. */
  public static String environment(String path) {
    return path.substring("releases/".length(), path.length() - "/head.json".length());
  }

  /** Writes it for an environment. */
  public void write(ObjectStore objects, String environment) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = StateJson.JSON.createGenerator(bytes)) {
      out.writeStartObject();
      out.writeStringField("manifest", manifest);
      StateJson.optional(out, "dropped", dropped.map(Instant::toString));
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    objects.write(path(environment), bytes.toByteArray());
  }

  /** Reads an environment's; {@link #NONE} when there is none. */
  public static HeadFile read(ObjectStore objects, String environment) {
    String path = path(environment);
    if (objects.stat(path).isEmpty()) {
      return NONE;
    }
    try (JsonParser in = StateJson.JSON.createParser(objects.read(path))) {
      in.nextToken();
      Map<String, String> texts = StateJson.readTexts(in);
      return new HeadFile(
          StateJson.need(texts, "manifest"),
          Optional.ofNullable(texts.get("dropped")).map(Instant::parse));
    } catch (IOException | IllegalArgumentException | java.time.DateTimeException e) {
      throw new TowpathException(path + " in the lake cannot be read: " + e.getMessage(), null, e);
    }
  }
}
