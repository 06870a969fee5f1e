package dev.towpath.task.http;

import dev.towpath.spi.TowpathException;
import java.net.http.HttpHeaders;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * What a server said.
 *
 * @param request that was asked in the end, after redirects
 */
public record Answer(Request request, int status, HttpHeaders headers, Body body) {
  private static final int EXCERPT = 200;
  private static final int SHOWN = 64 << 10;

  /** The media type in lower case, without parameters; empty text when none is said. */
  String type() {
    String said = headers.firstValue("Content-Type").orElse("");
    return said.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }

  /** The body as text. */
  String text() {
    return new String(body.bytes(), charset());
  }

  private Charset charset() {
    String said = headers.firstValue("Content-Type").orElse("").toLowerCase(Locale.ROOT);
    return said.contains("iso-8859-1") ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8;
  }

  /** The lines for a log, cut when there are many. */
  List<String> lines() {
    boolean binary = new String(body.bytes(), StandardCharsets.ISO_8859_1).indexOf('\0') >= 0;
    if (binary) {
      return List.of("(" + body.bytes().length + " bytes of " + type() + ")");
    }
    String text = text();
    boolean cut = !body.whole() || text.length() > SHOWN;
    String shown = text.substring(0, Math.min(SHOWN, text.length()));
    return (cut ? shown + "\n... the rest of the answer is left out" : shown).lines().toList();
  }

  /** The first characters of the body in one line, with a colon before them. */
  public String said() {
    String line = text().replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
    String start = line.toLowerCase(Locale.ROOT);
    if (type().equals("text/html") || start.startsWith("<!doctype") || start.startsWith("<html")) {
      return ", with a web page";
    }
    return line.isEmpty()
        ? ""
        : ": "
            + (line.codePointCount(0, line.length()) > EXCERPT
                ? line.substring(0, line.offsetByCodePoints(0, EXCERPT)) + "..."
                : line);
  }

  /** The status and what it is called. */
  public String words() {
    String name =
        switch (status) {
          case 200 -> " OK";
          case 201 -> " Created";
          case 202 -> " Accepted";
          case 204 -> " No Content";
          case 400 -> " Bad Request";
          case 401 -> " Unauthorized";
          case 403 -> " Forbidden";
          case 404 -> " Not Found";
          case 405 -> " Method Not Allowed";
          case 409 -> " Conflict";
          case 422 -> " Unprocessable Content";
          case 429 -> " Too Many Requests";
          case 500 -> " Internal Server Error";
          case 502 -> " Bad Gateway";
          case 503 -> " Service Unavailable";
          case 504 -> " Gateway Timeout";
          default -> "";
        };
    return status + name;
  }

  /** A failure: the server did not say what was expected. */
  public TowpathException refused() {
    String hint =
        switch (status) {
          case 401, 403 -> "see whether the credentials under headers: are right and not expired";
          case 404, 410 -> "see whether url: is right";
          case 405 -> "see which method: it takes";
          case 400, 422 -> "see whether body: is as the server wants it";
          case 429 -> "ask less often; retries: with a delay: help";
          default ->
              status >= 500
                  ? "the server is in trouble; retries: help when that passes"
                  : "if that is a good answer, write status: " + status;
        };
    return new TowpathException(request.shown() + " answered " + words() + said(), hint);
  }
}
