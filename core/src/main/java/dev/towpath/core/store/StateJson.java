package dev.towpath.core.store;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.towpath.core.interval.Interval;
import dev.towpath.core.interval.Intervals;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Field;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.io.StringWriter;
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
import java.util.TreeSet;

/**
 * Table states as JSON text. One state always gives the same text; keys that a newer version added
 * are passed over. Stateless.
 */
public final class StateJson {
  static final JsonFactory JSON = new JsonFactory();

  private StateJson() {}

  /** The state as one JSON object. */
  public static String write(TableState state) {
    StringWriter text = new StringWriter(512);
    try (JsonGenerator out = JSON.createGenerator(text)) {
      write(state, out);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return text.toString();
  }

  /**
   * Reads a state.
   *
   * @throws TowpathException when the text is not a whole state
   */
  public static TableState read(String text) {
    try (JsonParser in = JSON.createParser(text)) {
      in.nextToken();
      return read(in);
    } catch (IOException | IllegalArgumentException | DateTimeException e) {
      throw new TowpathException("a table state cannot be read: " + e.getMessage(), null, e);
    }
  }

  static void write(TableState state, JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeStringField("id", state.id());
    out.writeStringField("version", state.version());
    out.writeStringField("schema", state.table().schema());
    out.writeStringField("table", state.table().table());
    out.writeStringField("kind", state.kind());
    optional(out, "metadataFile", state.metadataFile());
    out.writeFieldName("fields");
    writeFields(state.fields(), out);
    out.writeNumberField("rows", state.rows());
    out.writeNumberField("bytes", state.bytes());
    out.writeStringField("fingerprint", state.fingerprint());
    out.writeStringField("definition", state.definition());
    out.writeFieldName("inputs");
    writeVersions(state.inputs(), out);
    writeIntervals("built", state.built(), out);
    optional(out, "source", state.source());
    out.writeStringField("logicalTime", state.logicalTime().toString());
    writeProvenance(state.provenance(), out);
    optional(out, "parent", state.parent());
    out.writeObjectFieldStart("change");
    optional(out, "column", state.change().column());
    writeIntervals("ranges", state.change().ranges(), out);
    optional(out, "zone", state.change().zone());
    if (!state.change().moved().isEmpty()) {
      out.writeArrayFieldStart("moved");
      for (String path : new TreeSet<>(state.change().moved())) {
        out.writeString(path);
      }
      out.writeEndArray();
    }
    out.writeEndObject();
    out.writeEndObject();
  }

  static TableState read(JsonParser in) throws IOException {
    StateFields fields = new StateFields();
    object(in, name -> fields.read(name, in));
    return fields.state();
  }

  /** What stands in a state's object, as far as it has been read. */
  private static final class StateFields {
    private final Map<String, String> texts = new TreeMap<>();
    private List<Field> columns = List.of();
    private long rows;
    private long bytes;
    private Map<TableName, String> inputs = Map.of();
    private Intervals built = Intervals.NONE;
    private Map<String, String> provenance = Map.of();
    private TableState.Change change = TableState.Change.ALL;

    void read(String name, JsonParser in) throws IOException {
      switch (name) {
        case "fields" -> columns = readFields(in);
        case "rows" -> rows = in.getLongValue();
        case "bytes" -> bytes = in.getLongValue();
        case "inputs" -> inputs = readVersions(in);
        case "built" -> built = readIntervals(in);
        case "provenance" -> provenance = readTexts(in);
        case "change" -> change = readChange(in);
        default -> readText(name, in, texts);
      }
    }

    TableState state() throws IOException {
      return new TableState(
          need(texts, "id"),
          need(texts, "version"),
          new TableName(need(texts, "schema"), need(texts, "table")),
          need(texts, "kind"),
          Optional.ofNullable(texts.get("metadataFile")),
          columns,
          rows,
          bytes,
          need(texts, "fingerprint"),
          need(texts, "definition"),
          inputs,
          built,
          Optional.ofNullable(texts.get("source")),
          Instant.parse(need(texts, "logicalTime")),
          new TableState.Provenance(
              need(provenance, "run"),
              Optional.ofNullable(provenance.get("commit")),
              need(provenance, "project"),
              need(provenance, "engine"),
              need(provenance, "towpath")),
          Optional.ofNullable(texts.get("parent")),
          change);
    }
  }

  private static void writeFields(List<Field> fields, JsonGenerator out) throws IOException {
    out.writeStartArray();
    for (Field field : fields) {
      out.writeStartObject();
      out.writeNumberField("id", field.id());
      out.writeStringField("name", field.name());
      out.writeStringField("type", field.type().sql());
      if (!field.children().isEmpty()) {
        out.writeFieldName("children");
        writeFields(field.children(), out);
      }
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private static List<Field> readFields(JsonParser in) throws IOException {
    List<Field> fields = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      Map<String, String> texts = new TreeMap<>();
      List<Field> children = new ArrayList<>();
      object(
          in,
          name -> {
            if (name.equals("children")) {
              children.addAll(readFields(in));
            } else {
              readText(name, in, texts);
            }
          });
      fields.add(
          new Field(
              Integer.parseInt(need(texts, "id")),
              need(texts, "name"),
              DataType.parse(need(texts, "type")),
              children));
    }
    return fields;
  }

  /** Versions by table as an array, since any text may be part of a table's name. */
  static void writeVersions(Map<TableName, String> versions, JsonGenerator out) throws IOException {
    out.writeStartArray();
    for (Map.Entry<TableName, String> entry : new TreeMap<>(versions).entrySet()) {
      out.writeStartObject();
      out.writeStringField("schema", entry.getKey().schema());
      out.writeStringField("table", entry.getKey().table());
      out.writeStringField("version", entry.getValue());
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  static Map<TableName, String> readVersions(JsonParser in) throws IOException {
    Map<TableName, String> versions = new TreeMap<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      Map<String, String> entry = readTexts(in);
      versions.put(
          new TableName(need(entry, "schema"), need(entry, "table")), need(entry, "version"));
    }
    return versions;
  }

  private static void writeIntervals(String name, Intervals intervals, JsonGenerator out)
      throws IOException {
    out.writeArrayFieldStart(name);
    for (Interval range : intervals.ranges()) {
      out.writeString(range.toString());
    }
    out.writeEndArray();
  }

  private static Intervals readIntervals(JsonParser in) throws IOException {
    List<Interval> ranges = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      String text = in.getText();
      int slash = text.indexOf('/');
      if (slash < 0) {
        throw new IOException("\"" + text + "\" is not an interval");
      }
      ranges.add(
          new Interval(
              readInstant(text.substring(0, slash)), readInstant(text.substring(slash + 1))));
    }
    return Intervals.of(ranges);
  }

  private static Instant readInstant(String text) {
    return switch (text) {
      case "-infinity" -> Instant.MIN;
      case "infinity" -> Instant.MAX;
      default -> Instant.parse(text);
    };
  }

  private static void writeProvenance(TableState.Provenance from, JsonGenerator out)
      throws IOException {
    out.writeObjectFieldStart("provenance");
    out.writeStringField("run", from.run());
    optional(out, "commit", from.commit());
    out.writeStringField("project", from.project());
    out.writeStringField("engine", from.engine());
    out.writeStringField("towpath", from.towpath());
    out.writeEndObject();
  }

  private static TableState.Change readChange(JsonParser in) throws IOException {
    Map<String, String> texts = new TreeMap<>();
    List<Interval> ranges = new ArrayList<>();
    Set<String> moved = new HashSet<>();
    object(
        in,
        name -> {
          switch (name) {
            case "ranges" -> ranges.addAll(readIntervals(in).ranges());
            case "moved" -> {
              while (in.nextToken() != JsonToken.END_ARRAY) {
                moved.add(in.getText());
              }
            }
            default -> readText(name, in, texts);
          }
        });
    return new TableState.Change(
        Optional.ofNullable(texts.get("column")),
        Intervals.of(ranges),
        Optional.ofNullable(texts.get("zone")),
        moved);
  }

  static void optional(JsonGenerator out, String name, Optional<String> text) throws IOException {
    if (text.isPresent()) {
      out.writeStringField(name, text.get());
    }
  }

  /** Handles the value that the parser stands at, whose key is given. */
  interface Member {
    void read(String name) throws IOException;
  }

  /** Calls back for each key of the object that the parser stands at the start of. */
  static void object(JsonParser in, Member member) throws IOException {
    if (in.currentToken() != JsonToken.START_OBJECT) {
      throw new IOException("an object is missing at " + in.currentLocation().offsetDescription());
    }
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String name = in.currentName();
      in.nextToken();
      member.read(name);
    }
    if (in.currentToken() != JsonToken.END_OBJECT) {
      throw new IOException("the text ends early");
    }
  }

  /** Keeps a scalar as text and passes over anything else. */
  static void readText(String name, JsonParser in, Map<String, String> texts) throws IOException {
    if (in.currentToken().isStructStart()) {
      in.skipChildren();
    } else if (in.currentToken() != JsonToken.VALUE_NULL) {
      texts.put(name, in.getText());
    }
  }

  static Map<String, String> readTexts(JsonParser in) throws IOException {
    Map<String, String> texts = new TreeMap<>();
    object(in, name -> readText(name, in, texts));
    return texts;
  }

  static String need(Map<String, String> texts, String name) throws IOException {
    String text = texts.get(name);
    if (text == null) {
      throw new IOException("\"" + name + "\" is missing");
    }
    return text;
  }
}
