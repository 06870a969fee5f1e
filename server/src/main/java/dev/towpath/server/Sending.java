package dev.towpath.server;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Writes answers to clients, who may go at any time. */
final class Sending {
  private Sending() {}

  /** Writes an answer. */
  static void send(Context context, Answer answer) throws IOException {
    switch (answer) {
      case Answer.Whole(int status, String type, String text, Map<String, String> headers) -> {
        headers.forEach((name, value) -> context.header(name, value));
        context.status(status);
        context.contentType(type.contains("charset") ? type : typed(type));
        context.result(text.getBytes(StandardCharsets.UTF_8));
      }
      case Answer.Temporary(String type, Path file, Map<String, String> headers) -> {
        headers.forEach((name, value) -> context.header(name, value));
        context.contentType(typed(type));
        copy(context, file);
      }
      case Answer.Bytes(int status, String type, byte[] body, Map<String, String> headers) -> {
        headers.forEach((name, value) -> context.header(name, value));
        context.status(status);
        context.contentType(typed(type));
        context.result(body);
      }
      case Answer.Rows(String type, Map<String, String> headers, Answer.Writer writer) -> {
        headers.forEach((name, value) -> context.header(name, value));
        context.status(200);
        context.contentType(typed(type));
        rows(context, writer);
      }
      case Answer.Stream(String type, Answer.Writer writer) -> {
        context.status(200);
        context.contentType(typed(type));
        context.header("X-Accel-Buffering", "no");
        stream(context, writer);
      }
    }
  }

  static String typed(String type) {
    return type.startsWith("text/") ? type + "; charset=utf-8" : type;
  }

  private static void copy(Context context, Path file) throws IOException {
    try {
      context.res().setContentLengthLong(Files.size(file));
      stream(context, out -> Files.copy(file, out));
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /** A client that goes, or takes nothing for too long, ends the stream and nothing else. */
  private static void stream(Context context, Answer.Writer writer) {
    try (OutputStream out = context.res().getOutputStream()) {
      writer.write(out);
    } catch (IOException e) {
      // nobody is there any more who could be told
    }
  }

  /** What fails before a client has got anything is told; after that there is no other way. */
  private static void rows(Context context, Answer.Writer writer) throws IOException {
    try (Presence presence = Presence.watch(context)) {
      try {
        OutputStream out = context.res().getOutputStream();
        writer.write(out);
        if (presence.pipelined() && !context.res().isCommitted()) {
          context.header("Connection", "close");
        }
        out.close();
        if (presence.pipelined()) {
          presence.hangUp();
        }
      } catch (IOException e) {
        // nobody is there any more who could be told
      } catch (RuntimeException e) {
        if (!context.res().isCommitted()) {
          context.res().resetBuffer();
          throw e;
        }
        presence.hangUp();
      }
    }
  }
}
