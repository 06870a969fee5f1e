package dev.towpath.source.common;

import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Problem;
import dev.towpath.spi.SourceTable;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;

/** Failures that stand where a table is declared. */
public final class Failures {
  private Failures() {}

  /** A failure with what to do about it. */
  public static TowpathException of(SourceTable table, String message, String hint) {
    return new TowpathException(List.of(Problem.error(table.location(), message, hint)));
  }

  /** A failure that another one caused. */
  public static TowpathException of(
      SourceTable table, String message, String hint, Throwable cause) {
    TowpathException failure = of(table, message, hint);
    failure.initCause(cause);
    return failure;
  }

  /**
   * A file that could not be looked at or read.
   *
   * @param name of the file, as a person would write it
   */
  public static TowpathException unreadable(SourceTable table, String name, IOException cause) {
    return switch (cause) {
      case ClosedByInterruptException _ -> cancelled(cause);
      case NoSuchFileException _ ->
          of(table, quoted(name) + " is gone", "put it back or correct \"path\"", cause);
      case AccessDeniedException _ ->
          of(
              table,
              quoted(name) + " may not be read",
              "give the user that runs towpath the right to read it",
              cause);
      default ->
          of(
              table,
              quoted(name) + " cannot be read: " + reason(cause),
              "see whether the disk is fine and the file complete",
              cause);
    };
  }

  /** What an interrupted thread throws. Its interrupt stays set. */
  public static CancelledException cancelled(Exception cause) {
    CancelledException cancelled = new CancelledException();
    cancelled.addSuppressed(cause);
    return cancelled;
  }

  /** The message of an exception in one line, or its kind when it has none. */
  public static String reason(Throwable cause) {
    String message = cause.getMessage();
    return message == null || message.isBlank()
        ? cause.getClass().getSimpleName()
        : message.strip().lines().findFirst().orElse("");
  }

  /** The name in double quotes. */
  public static String quoted(String name) {
    return '"' + name + '"';
  }

  /** {@code 1 file}, {@code 2 files}. */
  public static String count(long number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }
}
