package dev.towpath.core.yaml;

import dev.towpath.spi.Location;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A text file of the project.
 *
 * @param file path relative to the root, with forward slashes
 * @param text all of it, without a byte order mark; line ends as they are
 */
public record SourceText(String file, String text) {
  private static final long LARGEST = 16L << 20;

  /** The place of a 0-based UTF-16 offset. */
  public Location at(int offset) {
    return Location.at(file, text, offset);
  }

  /** Reads a file as UTF-8; notes a problem and returns nothing when it cannot be read. */
  public static Optional<SourceText> read(String file, Path path, Problems problems) {
    try {
      byte[] bytes = Files.readAllBytes(path);
      if (bytes.length > LARGEST) {
        problems.error(Location.of(file), "the file is larger than 16 MiB");
        return Optional.empty();
      }
      return decode(file, bytes, problems);
    } catch (IOException e) {
      problems.error(Location.of(file), "cannot be read: " + reason(path, e));
      return Optional.empty();
    }
  }

  private static Optional<SourceText> decode(String file, byte[] bytes, Problems problems) {
    if (bytes.length >= 2 && (bytes[0] & 0xfe) == 0xfe && (bytes[0] ^ bytes[1]) == 1) {
      problems.error(Location.of(file), "the file is UTF-16", "save it as UTF-8");
      return Optional.empty();
    }
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (text.indexOf('\ufffd') >= 0) {
      int bad = firstMalformed(bytes);
      if (bad >= 0) {
        String before = new String(bytes, 0, bad, StandardCharsets.UTF_8);
        problems.error(
            Location.at(file, withoutMark(before), before.length()),
            "the file is not UTF-8 from here on",
            "save it as UTF-8");
        return Optional.empty();
      }
    }
    return Optional.of(new SourceText(file, withoutMark(text)));
  }

  private static String withoutMark(String text) {
    return text.startsWith("\ufeff") ? text.substring(1) : text;
  }

  /** The index of the first byte that is not UTF-8, or -1. */
  private static int firstMalformed(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CoderResult result =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .decode(in, CharBuffer.allocate(bytes.length), true);
    return result.isError() ? in.position() : -1;
  }

  /** Why a file could not be read, in plain words. */
  public static String reason(Path path, Exception e) {
    return switch (e instanceof UncheckedIOException ? e.getCause() : e) {
      case AccessDeniedException _ -> "permission denied";
      case NoSuchFileException _ ->
          Files.isSymbolicLink(path) ? "the link leads nowhere" : "it is gone";
      case null, default ->
          Files.isRegularFile(path) ? String.valueOf(e.getMessage()) : "it is not a file";
    };
  }
}
