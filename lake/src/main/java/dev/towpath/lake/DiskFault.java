package dev.towpath.lake;

import dev.towpath.spi.CancelledException;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the operating system says about a file, in plain words. */
final class DiskFault {
  private DiskFault() {}

  /**
   * The exception to throw.
   *
   * @param verb what was tried: {@code read}, {@code write} …
   */
  static TowpathException of(IOException cause, String verb, Path path) {
    if (cause instanceof ClosedByInterruptException) {
      return new CancelledException();
    }
    if (cause instanceof NoSuchFileException) {
      return new TowpathException(
          path + " is missing",
          "somebody removed it: \"towpath run TABLE --full\" makes its table anew, \"towpath"
              + " rollback\" goes back to an earlier release; or copy it back from a backup",
          cause);
    }
    String reason = reason(cause);
    String what = "cannot " + verb + " " + path + ": ";
    if (cause instanceof AccessDeniedException || reason.contains("permission denied")) {
      return new TowpathException(
          what + "no permission",
          "give the user who runs towpath the right to " + verb + " it",
          cause);
    }
    if (reason.contains("no space left") || reason.contains("quota")) {
      return new TowpathException(
          what + "the disk is full",
          "free some space (\"towpath gc\" may help) and run again",
          cause);
    }
    if (reason.contains("read-only")) {
      return new TowpathException(
          what + "the disk is read-only", "put the lake on a disk that can be written to", cause);
    }
    if (cause instanceof FileAlreadyExistsException taken) {
      boolean itself = path.toString().equals(taken.getFile());
      return new TowpathException(
          what + (itself ? "it is there already" : "a file is where a directory should be"),
          "move " + taken.getFile() + " away",
          cause);
    }
    if (cause instanceof NotDirectoryException || reason.contains("not a directory")) {
      return new TowpathException(
          what + "a file is where a directory should be", "move that file away", cause);
    }
    return new TowpathException(what + text(cause), null, cause);
  }

  private static String reason(IOException cause) {
    return text(cause).toLowerCase(Locale.ROOT);
  }

  private static String text(IOException cause) {
    @Nullable String message =
        cause instanceof java.nio.file.FileSystemException fault && fault.getReason() != null
            ? fault.getReason()
            : cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }
}
