package dev.towpath.core.store;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.towpath.spi.SourceState;
import dev.towpath.spi.TowpathException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** A source's state as gzipped JSON, the form in which the lake keeps it. */
public final class SourceStateJson {
  private static final JsonFactory JSON = new JsonFactory();

  private SourceStateJson() {}

  /** The bytes of a state; equal states give equal bytes. */
  public static byte[] write(SourceState state) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = JSON.createGenerator(new GZIPOutputStream(bytes))) {
      out.writeStartObject();
      out.writeObjectFieldStart("cursor");
      for (Map.Entry<String, String> entry : new TreeMap<>(state.cursor()).entrySet()) {
        out.writeStringField(entry.getKey(), entry.getValue());
      }
      out.writeEndObject();
      out.writeArrayFieldStart("files");
      for (SourceState.SourceFile file : state.files()) {
        out.writeStartObject();
        out.writeStringField("name", file.name());
        out.writeNumberField("bytes", file.bytes());
        out.writeStringField("modified", file.modified().toString());
        out.writeStringField("hash", file.hash());
        out.writeEndObject();
      }
      out.writeEndArray();
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
    return bytes.toByteArray();
  }

  /**
   * Reads a state.
   *
   * @param path for the message when the bytes are broken
   */
  public static SourceState read(byte[] bytes, String path) {
    Map<String, String> cursor = new TreeMap<>();
    List<SourceState.SourceFile> files = new ArrayList<>();
    try (JsonParser in = JSON.createParser(new GZIPInputStream(new ByteArrayInputStream(bytes)))) {
      in.nextToken();
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String field = in.currentName();
        in.nextToken();
        if (field.equals("cursor")) {
          cursor.putAll(texts(in));
        } else {
          while (in.nextToken() == JsonToken.START_OBJECT) {
            Map<String, String> file = texts(in);
            files.add(
                new SourceState.SourceFile(
                    file.getOrDefault("name", ""),
                    Long.parseLong(file.getOrDefault("bytes", "0")),
                    Instant.parse(file.getOrDefault("modified", "")),
                    file.getOrDefault("hash", "")));
          }
        }
      }
    } catch (IOException | RuntimeException e) {
      throw new TowpathException(
          "the list of read files in the lake is broken: " + path,
          "roll back to an older release, or run with --full",
          e);
    }
    return new SourceState(cursor, files);
  }

  private static Map<String, String> texts(JsonParser in) throws IOException {
    Map<String, String> texts = new TreeMap<>();
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String name = in.currentName();
      in.nextToken();
      texts.put(name, in.getText());
    }
    return texts;
  }
}
