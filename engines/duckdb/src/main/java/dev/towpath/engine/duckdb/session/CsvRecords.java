package dev.towpath.engine.duckdb.session;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.towpath.spi.FileScan.InputFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackReader;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.util.Locale;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a CSV file one after the other, with the lines that they begin on: where a row of
 * some number is, DuckDB does not tell.
 */
final class CsvRecords implements AutoCloseable {
  private final @Nullable PushbackReader in;
  private final char quote;
  private final char escape;
  private final String delimiter;
  private final String comment;
  private final Set<Long> without;
  private final int head;

  /** Whether a blank line is a row: NULL, where there is one column. */
  private final boolean blanks;

  private long line = 1;
  private long number;

  private CsvRecords(
      @Nullable Reader in, FileOptions options, CsvHeader header, Set<Long> without) {
    this.in = in == null ? null : new PushbackReader(in, 1);
    String quoting = options.text("quote", "\"");
    this.quote = first(quoting);
    this.escape = first(options.text("escape", quoting));
    this.delimiter = header.delimiter();
    this.comment = options.text("comment", "");
    this.without = Set.copyOf(without);
    this.blanks = header.names().size() == 1 && options.text("nullstr", "").isEmpty();
    this.head = header.header() ? 1 : 0;
  }

  /**
   * The rows of a file.
   *
   * @param without lines on which rows begin that are not counted
   */
  static CsvRecords of(InputFile file, FileOptions options, CsvHeader header, Set<Long> without)
      throws IOException {
    int skip = Integer.parseInt(options.text("skip", "0"));
    CsvRecords records = new CsvRecords(open(file, options), options, header, without);
    for (int i = 0; i < skip; i++) {
      records.skipLine();
    }
    if (header.header()) {
      records.next();
    }
    return records;
  }

  private static @Nullable Reader open(InputFile file, FileOptions options) throws IOException {
    if (file.path().toString().endsWith(".zst")) {
      return null; // not in the JDK
    }
    Charset charset =
        switch (options.text("encoding", "utf-8").toLowerCase(Locale.ROOT)) {
          case "latin-1" -> ISO_8859_1;
          case "utf-16" -> UTF_16;
          default -> UTF_8;
        };
    InputStream in = Files.newInputStream(file.path());
    return new BufferedReader(
        new InputStreamReader(
            file.path().toString().endsWith(".gz") ? new GZIPInputStream(in, 1 << 16) : in,
            charset),
        1 << 16);
  }

  private static char first(String text) {
    return text.isEmpty() ? '\0' : text.charAt(0);
  }

  /**
   * A row.
   *
   * @param line that it begins on
   * @param text empty when the file cannot be read here
   */
  record Row(long line, String text) {}

  /** The row of this number, from 1; numbers only go up. */
  Row at(long wanted) throws IOException {
    if (in == null) {
      return new Row(wanted + head, "");
    }
    Row row = new Row(line, "");
    while (number < wanted) {
      row = next();
      if (!without.contains(row.line())) {
        number++;
      }
    }
    return row;
  }

  /** The next row; the last place when there is none. */
  private Row next() throws IOException {
    long start = line;
    StringBuilder text = new StringBuilder();
    boolean more = true;
    boolean found = false;
    while (more && !found) {
      start = line;
      text.setLength(0);
      more = record(text);
      boolean commented = !comment.isEmpty() && text.toString().startsWith(comment);
      found = !commented && (!text.isEmpty() || (blanks && more));
    }
    if (!found) {
      number = Long.MAX_VALUE; // nothing comes any more
    }
    return new Row(start, text.toString());
  }

  /** Reads up to the end of a row; false at the end of the file. */
  private boolean record(StringBuilder text) throws IOException {
    boolean quoted = false;
    int value = 0; // where the value began
    for (int c = read(); c >= 0; c = read()) {
      if (!quoted && (c == '\n' || c == '\r')) {
        skipLineFeed(c);
        line++;
        return true;
      }
      if (c == '\n') {
        line++;
      }
      text.append((char) c);
      if (quoted && c == escape && escape != quote) {
        int next = read();
        if (next >= 0) {
          text.append((char) next);
        }
      } else if (quote != '\0' && c == quote) {
        quoted =
            quoted ? false : text.substring(value, text.length() - 1).isBlank() || reopens(text);
      } else if (!quoted && text.indexOf(delimiter, text.length() - delimiter.length()) >= 0) {
        value = text.length();
      }
    }
    return false;
  }

  /** Whether a quote follows one that closed: two stand for one. */
  private boolean reopens(StringBuilder text) {
    return escape == quote && text.length() > 1 && text.charAt(text.length() - 2) == quote;
  }

  private void skipLine() throws IOException {
    for (int c = read(); c >= 0; c = read()) {
      if (c == '\n' || c == '\r') {
        skipLineFeed(c);
        line++;
        return;
      }
    }
  }

  private void skipLineFeed(int after) throws IOException {
    if (after == '\r' && in != null) {
      int next = in.read();
      if (next >= 0 && next != '\n') {
        in.unread(next);
      }
    }
  }

  private int read() throws IOException {
    return in == null ? -1 : in.read();
  }

  @Override
  public void close() throws IOException {
    if (in != null) {
      in.close();
    }
  }
}
