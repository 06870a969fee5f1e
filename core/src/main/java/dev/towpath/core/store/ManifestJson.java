package dev.towpath.core.store;

import static dev.towpath.core.store.StateJson.need;
import static dev.towpath.core.store.StateJson.object;
import static dev.towpath.core.store.StateJson.optional;
import static dev.towpath.core.store.StateJson.readText;
import static dev.towpath.core.store.StateJson.readTexts;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Release manifests as JSON files. One manifest always gives the same bytes; keys that a newer
 * version added are passed over, a newer {@code format} is refused. Stateless.
 */
public final class ManifestJson {
  private static final int FORMAT = 1;

  private ManifestJson() {}

  /** The manifest as the content of its file. */
  public static byte[] write(ReleaseManifest manifest) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(2048);
    try (JsonGenerator out = StateJson.JSON.createGenerator(bytes)) {
      out.setPrettyPrinter(new DefaultPrettyPrinter());
      write(manifest, out);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads a manifest.
   *
   * @param path the file's path, for the message when it cannot be read
   */
  public static ReleaseManifest read(String path, byte[] content) {
    try (JsonParser in = StateJson.JSON.createParser(content)) {
      in.nextToken();
      Content read = new Content();
      object(in, name -> read.member(name, in));
      return read.manifest(path);
    } catch (IOException | IllegalArgumentException | DateTimeException e) {
      throw new TowpathException(
          "the release manifest " + path + " cannot be read: " + e.getMessage(), null, e);
    }
  }

  private static void write(ReleaseManifest manifest, JsonGenerator out) throws IOException {
    Release release = manifest.release();
    out.writeStartObject();
    out.writeNumberField("format", FORMAT);
    out.writeStringField("store", manifest.store());
    out.writeStringField("environment", release.environment());
    out.writeNumberField("number", release.number());
    out.writeStringField("kind", release.kind().name());
    out.writeNumberField("effective", release.effective());
    out.writeNumberField("tableCount", release.tables());
    out.writeNumberField("changed", release.changed());
    optional(out, "run", release.run());
    out.writeStringField("published", release.published().toString());
    out.writeStringField("note", release.note());
    out.writeStringField("parent", manifest.parent());
    out.writeArrayFieldStart("states");
    for (TableState state : manifest.states()) {
      StateJson.write(state, out);
    }
    out.writeEndArray();
    out.writeArrayFieldStart("removed");
    for (TableName table : manifest.removed().stream().sorted().toList()) {
      out.writeStartObject();
      name(table, out);
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeArrayFieldStart("tables");
    for (Map.Entry<TableName, ReleaseManifest.Reference> entry :
        new TreeMap<>(manifest.tables()).entrySet()) {
      out.writeStartObject();
      name(entry.getKey(), out);
      out.writeStringField("state", entry.getValue().state());
      out.writeStringField("manifest", entry.getValue().manifest());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeFieldName("bases");
    StateJson.writeVersions(manifest.bases(), out);
    out.writeEndObject();
  }

  private static void name(TableName table, JsonGenerator out) throws IOException {
    out.writeStringField("schema", table.schema());
    out.writeStringField("table", table.table());
  }

  /** What stands in a manifest, as far as it has been read. */
  private static final class Content {
    private final Map<String, String> texts = new TreeMap<>();
    private final List<TableState> states = new ArrayList<>();
    private final Set<TableName> removed = new HashSet<>();
    private final Map<TableName, ReleaseManifest.Reference> tables = new TreeMap<>();
    private Map<TableName, String> bases = Map.of();

    void member(String name, JsonParser in) throws IOException {
      switch (name) {
        case "states" -> {
          while (in.nextToken() != JsonToken.END_ARRAY) {
            states.add(StateJson.read(in));
          }
        }
        case "removed" -> {
          while (in.nextToken() != JsonToken.END_ARRAY) {
            removed.add(table(readTexts(in)));
          }
        }
        case "tables" -> {
          while (in.nextToken() != JsonToken.END_ARRAY) {
            Map<String, String> entry = readTexts(in);
            tables.put(
                table(entry),
                new ReleaseManifest.Reference(need(entry, "state"), need(entry, "manifest")));
          }
        }
        case "bases" -> bases = StateJson.readVersions(in);
        default -> readText(name, in, texts);
      }
    }

    private static TableName table(Map<String, String> entry) throws IOException {
      return new TableName(need(entry, "schema"), need(entry, "table"));
    }

    ReleaseManifest manifest(String path) throws IOException {
      int format = Integer.parseInt(need(texts, "format"));
      if (format > FORMAT) {
        throw new IOException("it is of format " + format + ", and this towpath knows 1");
      }
      Release release =
          new Release(
              need(texts, "environment"),
              Long.parseLong(need(texts, "number")),
              Release.Kind.valueOf(need(texts, "kind")),
              Long.parseLong(need(texts, "effective")),
              Integer.parseInt(need(texts, "tableCount")),
              Integer.parseInt(need(texts, "changed")),
              Optional.ofNullable(texts.get("run")),
              Instant.parse(need(texts, "published")),
              need(texts, "note"),
              path);
      return new ReleaseManifest(
          need(texts, "store"), release, need(texts, "parent"), states, removed, tables, bases);
    }
  }
}
