package dev.towpath.export;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the CSV that exports hand over: RFC 4180, empty for NULL, {@code ""} for the empty text.
 */
final class CsvRows implements AutoCloseable {
  private static final int END = -1;

  private final Reader reader;
  private int current;

  private CsvRows(Reader reader) throws IOException {
    this.reader = reader;
    this.current = reader.read();
  }

  static CsvRows open(Path file) throws IOException {
    BufferedReader reader = Files.newBufferedReader(file);
    return new CsvRows(reader);
  }

  /** The next row, or null at the end. */
  @Nullable List<@Nullable String> next() throws IOException {
    if (current == END) {
      return null;
    }
    List<@Nullable String> row = new ArrayList<>();
    while (true) {
      row.add(current == '"' ? quoted() : plain());
      if (current == ',') {
        advance();
        continue;
      }
      if (current == '\r') {
        advance();
      }
      if (current == '\n') {
        advance();
      }
      return row;
    }
  }

  private @Nullable String plain() throws IOException {
    StringBuilder text = new StringBuilder();
    while (current != ',' && current != '\n' && current != '\r' && current != END) {
      text.append((char) current);
      advance();
    }
    return text.isEmpty() ? null : text.toString();
  }

  private String quoted() throws IOException {
    StringBuilder text = new StringBuilder();
    advance();
    while (true) {
      if (current == END) {
        throw new IOException("a quote is not closed");
      }
      if (current == '"') {
        advance();
        if (current != '"') {
          return text.toString();
        }
      }
      text.append((char) current);
      advance();
    }
  }

  private void advance() throws IOException {
    current = reader.read();
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
