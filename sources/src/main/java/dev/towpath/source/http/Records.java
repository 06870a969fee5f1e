package dev.towpath.source.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Adds records to a file one a line, each as it comes from the parser. */
final class Records implements AutoCloseable {
  /** DuckDB reads no larger one. */
  static final int MOST_BYTES = 16_000_000;

  private final Found found;
  private final boolean flatten;
  private final Lines lines;
  private final JsonGenerator out;
  private long count;

  Records(JsonFactory json, Path file, Found found, boolean flatten) throws DiskException {
    this.found = found;
    this.flatten = flatten;
    try {
      lines =
          new Lines(
              new BufferedOutputStream(
                  Files.newOutputStream(file, StandardOpenOption.APPEND), 1 << 16));
      out = json.createGenerator(lines);
    } catch (IOException e) {
      throw new DiskException(e);
    }
    out.setRootValueSeparator(new SerializedString(""));
  }

  /** Copies the object that the parser stands at the start of. */
  void copy(JsonParser in) throws IOException {
    found.record();
    out.writeStartObject();
    fields(in, "");
    out.writeEndObject();
    out.writeRaw('\n');
    out.flush();
    lines.next();
    count++;
  }

  long count() {
    return count;
  }

  /** Bytes of all lines so far. */
  long bytes() {
    return lines.total;
  }

  /** Hash of all lines so far. */
  String hash() {
    return HexFormat.of().formatHex(lines.digest.digest());
  }

  private void fields(JsonParser in, String prefix) throws IOException {
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String name = prefix + in.currentName();
      JsonToken value = in.nextToken();
      if (flatten && value == JsonToken.START_OBJECT) {
        fields(in, name + "_");
      } else {
        found.name(name);
        if (value.isNumeric() || value.isBoolean()) {
          found.value(name, value, in.getText());
        }
        if (value.isScalarValue() && value != JsonToken.VALUE_NULL && found.isCursor(name)) {
          found.cursor(in.getText());
        }
        out.writeFieldName(name);
        value(in);
      }
    }
  }

  /** Copies any value, numbers digit by digit. */
  private void value(JsonParser in) throws IOException {
    int depth = 0;
    do {
      JsonToken token = in.currentToken();
      switch (token) {
        case START_OBJECT -> {
          out.writeStartObject();
          depth++;
        }
        case START_ARRAY -> {
          out.writeStartArray();
          depth++;
        }
        case END_OBJECT -> {
          out.writeEndObject();
          depth--;
        }
        case END_ARRAY -> {
          out.writeEndArray();
          depth--;
        }
        case FIELD_NAME -> out.writeFieldName(in.currentName());
        case VALUE_STRING -> out.writeString(wellFormed(in.getText()));
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> out.writeNumber(in.getText());
        case VALUE_TRUE -> out.writeBoolean(true);
        case VALUE_FALSE -> out.writeBoolean(false);
        default -> out.writeNull();
      }
      if (depth > 0) {
        in.nextToken();
      }
    } while (depth > 0);
  }

  /** The text with U+FFFD for each half of a character, which JSON can spell and UTF-8 cannot. */
  private static String wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        StringBuilder whole = new StringBuilder(text.length());
        text.codePoints()
            .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
            .forEach(whole::appendCodePoint);
        return whole.toString();
      }
    }
    return text;
  }

  @Override
  public void close() throws DiskException {
    try {
      out.close();
    } catch (IOException e) {
      throw new DiskException(e);
    }
  }

  /** Counts the bytes of a line, and hashes them all. */
  private static final class Lines extends OutputStream {
    final MessageDigest digest = sha256();
    private final OutputStream out;
    private long bytes;
    private long total;

    Lines(OutputStream out) {
      this.out = out;
    }

    private static MessageDigest sha256() {
      try {
        return MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java has SHA-256", e);
      }
    }

    void next() {
      total += bytes;
      bytes = 0;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
      bytes += length;
      if (bytes > MOST_BYTES) {
        throw new Found.RecordException(
            "it has a record larger than " + MOST_BYTES / 1_000_000 + " MB",
            "see whether records: leads to the list of records");
      }
      digest.update(buffer, offset, length);
      try {
        out.write(buffer, offset, length);
      } catch (IOException e) {
        throw new DiskException(e);
      }
    }

    @Override
    public void flush() {
      // the buffer behind is written when it is full
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
