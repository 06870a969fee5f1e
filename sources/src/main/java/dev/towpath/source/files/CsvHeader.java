package dev.towpath.source.files;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the first record of a CSV, and no more, so that a thousand files are looked at in a moment.
 */
final class CsvHeader {
  /** A header longer than this, in characters, is no header. */
  private static final int LONGEST = 1 << 20;

  private final Reader in;
  private final int delimiter;
  private final int quote;
  private final int escape;
  private final int comment;
  private int read;

  private CsvHeader(Reader in, Map<String, String> options) {
    this.in = in;
    this.delimiter = character(options, "delimiter");
    this.quote = character(options, "quote");
    this.escape = character(options, "escape");
    this.comment = character(options, "comment");
  }

  /**
   * The fields of the first record, without spaces around them; empty when there is none, or none
   * that can be read here: the engine is asked then.
   *
   * @param options as in {@link dev.towpath.spi.FileScan#options}
   */
  static Optional<List<String>> read(Path file, Charset charset, Map<String, String> options)
      throws IOException {
    String name = String.valueOf(file.getFileName()).toLowerCase(java.util.Locale.ROOT);
    if (name.endsWith(".zst")) {
      return Optional.empty();
    }
    try (InputStream raw = Files.newInputStream(file);
        InputStream plain = name.endsWith(".gz") ? new GZIPInputStream(raw, 1 << 13) : raw;
        Reader in = new BufferedReader(new InputStreamReader(plain, charset), 1 << 12)) {
      int skip = Integer.parseInt(options.getOrDefault("skip", "0"));
      return new CsvHeader(in, options).first(skip);
    }
  }

  private Optional<List<String>> first(int skip) throws IOException {
    skipMark();
    for (int i = 0; i < skip; i++) {
      skipLine();
    }
    while (comment >= 0 && peek() == comment) {
      skipLine();
    }
    List<String> fields = new ArrayList<>();
    while (true) {
      String field = field();
      if (field == null || read >= LONGEST) {
        return Optional.empty();
      }
      fields.add(field);
      int end = next();
      if (end != delimiter) {
        return fields.size() == 1 && field.isEmpty() ? Optional.empty() : Optional.of(fields);
      }
    }
  }

  /** One field, up to the delimiter or line end after it; null when a quote is never closed. */
  private @Nullable String field() throws IOException {
    StringBuilder out = new StringBuilder();
    int c = peek();
    boolean quoted = c == quote && quote >= 0;
    if (quoted) {
      next();
      if (!insideQuotes(out)) {
        return null;
      }
    }
    for (c = peek(); c != delimiter && c != '\n' && c != '\r' && c >= 0; c = peek()) {
      out.append((char) next());
    }
    return quoted ? out.toString() : out.toString().strip();
  }

  private boolean insideQuotes(StringBuilder out) throws IOException {
    while (true) {
      int c = next();
      if (c < 0) {
        return false;
      }
      boolean escapes = c == escape && (peek() == quote || (peek() == escape && escape != quote));
      if (escapes) {
        out.append((char) next());
      } else if (c == quote) {
        return true;
      } else {
        out.append((char) c);
      }
    }
  }

  private void skipMark() throws IOException {
    if (peek() == '\uFEFF') {
      next();
    }
  }

  private void skipLine() throws IOException {
    int c = next();
    while (c >= 0 && c != '\n' && c != '\r') {
      c = next();
    }
    if (c == '\r' && peek() == '\n') {
      next();
    }
  }

  private int peek() throws IOException {
    if (read >= LONGEST) {
      return -1; // a line without end must not be read to the end of a huge file
    }
    in.mark(1);
    int c = in.read();
    in.reset();
    return c;
  }

  private int next() throws IOException {
    return ++read > LONGEST ? -1 : in.read();
  }

  private static int character(Map<String, String> options, String key) {
    String text = options.getOrDefault(key, "");
    return text.length() == 1 ? text.charAt(0) : -1;
  }
}
