package dev.towpath.source.http;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * What a server said.
 *
 * @param uri that was asked in the end, after redirects
 * @param file the body as it came; empty when nobody wanted it
 */
record Answer(int status, HttpHeaders headers, URI uri, Path file) {
  /** More than this in one answer, unpacked, is an error. */
  static final long MOST_BYTES = 1L << 30;

  private static final int EXCERPT = 200;

  /** A header's first value. */
  Optional<String> header(String name) {
    return headers.firstValue(name);
  }

  /** The media type in lower case, without parameters; empty text when none is said. */
  String type() {
    return header("Content-Type").orElse("").split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }

  /** The body, unpacked. */
  InputStream open() throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    String packed = header("Content-Encoding").orElse("").strip().toLowerCase(Locale.ROOT);
    boolean gzip = packed.equals("gzip") || packed.equals("x-gzip");
    if (!gzip && !packed.isEmpty() && !packed.equals("identity")) {
      in.close();
      throw new IOException("packed in a way that was not asked for, \"" + packed + "\"");
    }
    if (!gzip || Files.size(file) == 0) {
      return in;
    }
    try {
      return new Bounded(new GZIPInputStream(in, 1 << 16));
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  /** The first characters of the body in one line, as far as they can be read. */
  String excerpt() {
    try (InputStream in = open()) {
      String text = new String(in.readNBytes(EXCERPT * 8), StandardCharsets.UTF_8);
      String line = text.replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
      return line.codePointCount(0, line.length()) > EXCERPT
          ? line.substring(0, line.offsetByCodePoints(0, EXCERPT)) + "..."
          : line;
    } catch (IOException e) {
      return "";
    }
  }

  /** Whether it is a page for people. */
  boolean isHtml() {
    String start = excerpt().toLowerCase(Locale.ROOT);
    return type().equals("text/html")
        || type().equals("application/xhtml+xml")
        || start.startsWith("<!doctype html")
        || start.startsWith("<html");
  }

  /** Ends a body that grows without end when it is unpacked. */
  private static final class Bounded extends FilterInputStream {
    private long left = MOST_BYTES;

    Bounded(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      count(b < 0 ? 0 : 1);
      return b;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int n = super.read(buffer, offset, length);
      count(Math.max(n, 0));
      return n;
    }

    private void count(int n) throws IOException {
      left -= n;
      if (left < 0) {
        throw new TooLargeException();
      }
    }
  }

  /** A body larger than {@link #MOST_BYTES}. */
  static final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    TooLargeException() {
      super("larger than " + (MOST_BYTES >> 30) + " GiB");
    }
  }
}
