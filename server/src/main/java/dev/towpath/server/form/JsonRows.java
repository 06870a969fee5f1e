package dev.towpath.server.form;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import dev.towpath.spi.Batch;
import dev.towpath.spi.Schema;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Rows in one JSON document, or as lines of JSON, as objects or as arrays. */
public final class JsonRows implements Batch.Writer {
  private final JsonGenerator out;
  private final OutputStream stream;
  private final JsonCells cells;
  private final List<SerializableString> names;
  private final Shape shape;
  private final int width;

  /** What a row is. */
  public enum Shape {
    /** A list of its values, in an array that the caller begins and ends. */
    LIST,
    /** An object, likewise. */
    OBJECT,
    /** An object in a line of its own. */
    LINE
  }

  /** Writes to a generator of the caller's. */
  public JsonRows(JsonGenerator out, OutputStream stream, Schema columns, Shape shape) {
    this.out = out;
    this.stream = stream;
    this.cells = new JsonCells(columns);
    this.names = names(columns);
    this.shape = shape;
    this.width = columns.columns().size();
  }

  /** Lines of JSON. */
  public static JsonRows lines(OutputStream stream, Schema columns) throws IOException {
    JsonGenerator out = JsonCells.generator(stream);
    out.setRootValueSeparator(new SerializedString(""));
    return new JsonRows(out, stream, columns, Shape.LINE);
  }

  /** A generator that leaves its stream open. */
  public static JsonGenerator generator(OutputStream stream) throws IOException {
    return JsonCells.generator(stream);
  }

  /** Names of members; of two columns with one name the later gets another. */
  private static List<SerializableString> names(Schema columns) {
    Set<String> seen = new HashSet<>();
    List<SerializableString> names = new ArrayList<>();
    for (String name : columns.names()) {
      String free = name;
      for (int i = 1; !seen.add(free); i++) {
        free = name + "_" + i;
      }
      names.add(new SerializedString(free));
    }
    return names;
  }

  @Override
  public void write(Batch batch) throws IOException {
    write(batch, batch.rows());
  }

  /** Writes the first rows of a batch. */
  public void write(Batch batch, int rows) throws IOException {
    for (int row = 0; row < rows; row++) {
      if (shape == Shape.LIST) {
        out.writeStartArray();
        for (int column = 0; column < width; column++) {
          cells.write(out, batch, column, row);
        }
        out.writeEndArray();
      } else {
        out.writeStartObject();
        for (int column = 0; column < width; column++) {
          out.writeFieldName(names.get(column));
          cells.write(out, batch, column, row);
        }
        out.writeEndObject();
        if (shape == Shape.LINE) {
          out.writeRaw('\n');
        }
      }
    }
    if (shape == Shape.LINE) {
      out.flush();
      stream.flush();
    }
  }

  @Override
  public void end() throws IOException {
    out.flush();
  }
}
