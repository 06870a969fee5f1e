package dev.towpath.server;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a handler answers. */
sealed interface Answer {

  /** A JSON document. */
  static Answer json(@Nullable Object value) {
    return new Whole(200, "application/json", Json.write(value), Map.of());
  }

  /** A JSON document with another status. */
  static Answer json(int status, @Nullable Object value) {
    return new Whole(status, "application/json", Json.write(value), Map.of());
  }

  /** A text that is there. */
  record Whole(int status, String type, String text, Map<String, String> headers)
      implements Answer {}

  /** A file that is removed afterwards. */
  record Temporary(String type, Path file, Map<String, String> headers) implements Answer {}

  /** Bytes that are there. */
  @SuppressWarnings("ArrayRecordComponent") // handed on at once, never compared
  record Bytes(int status, String type, byte[] body, Map<String, String> headers)
      implements Answer {}

  /**
   * Rows that are computed while they are written. When that fails halfway, the connection is
   * broken off.
   */
  record Rows(String type, Map<String, String> headers, Writer writer) implements Answer {}

  /** What is written as it comes, until the client goes or the writer ends. */
  record Stream(String type, Writer writer) implements Answer {}

  /** Writes an answer piece by piece. */
  @FunctionalInterface
  interface Writer {
    /** An exception of the stream means that the client has gone. */
    void write(OutputStream out) throws IOException;
  }
}
