package dev.towpath.engine.duckdb.session;

import dev.towpath.engine.duckdb.DuckDbError;
import dev.towpath.spi.FileScan;
import dev.towpath.spi.FileScan.InputFile;
import dev.towpath.spi.Location;
import dev.towpath.spi.Problem;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Tells what is wrong with a file that cannot be read, by the name people know it by. */
final class FileFailures {
  private static final Pattern NOT_GZIP = Pattern.compile("not a GZIP stream|GZIP");

  /** How errors about a value of a JSON file begin. */
  static final String JSON_VALUE = "JSON transform error";

  /** How errors about a whole number of a CSV begin. */
  static final String CSV_VALUE = "CSV value error";

  private static final Pattern CSV_LINE = Pattern.compile("CSV Error on Line: (\\d+)");
  private static final Pattern JSON_LINE =
      Pattern.compile("in (line|record/value) (\\d+): (.*)", Pattern.DOTALL);

  private final FileScan scan;

  FileFailures(FileScan scan) {
    this.scan = scan;
  }

  /** Finds what is wrong before anything is read. */
  void check() {
    for (InputFile file : scan.files()) {
      if (!Files.exists(file.path())) {
        throw at(file, "the file does not exist", null, null);
      }
      if (!Files.isRegularFile(file.path())) {
        throw at(file, "this is not a file", null, null);
      }
      if (!Files.isReadable(file.path())) {
        throw at(file, "the file may not be read", "change its permissions", null);
      }
      try {
        if (Files.size(file.path()) == 0) {
          throw at(file, "the file is empty", "remove it, or write it again", null);
        }
      } catch (IOException e) {
        throw at(file, "the file cannot be read", null, e);
      }
    }
  }

  /** The file that a message speaks of. */
  Optional<InputFile> file(DuckDbError error) {
    // The longest path first: one may be the beginning of another.
    return scan.files().stream()
        .filter(f -> error.message().contains(f.path().toAbsolutePath().normalize().toString()))
        .max(java.util.Comparator.comparingInt(f -> f.path().toString().length()))
        .or(() ->
            scan.files().size() == 1 ? Optional.of(scan.files().getFirst()) : Optional.empty());
  }

  /** Whether a row is at fault that {@link BadRows} can find. */
  static boolean isRow(DuckDbError error) {
    return error.message().contains("CSV Error on Line")
        || error.message().contains(CSV_VALUE)
        || error.message().contains(JSON_VALUE)
        || error.message().contains("Malformed JSON");
  }

  TowpathException of(SQLException e) {
    DuckDbError error = DuckDbError.of(e);
    Optional<InputFile> file = file(error);
    if (error.interrupted() || file.isEmpty() || Failures.isFull(error)) {
      return Failures.of(e);
    }
    return known(file.get(), error, e).orElseGet(() -> Failures.of(e));
  }

  private Optional<TowpathException> known(InputFile file, DuckDbError error, SQLException e) {
    String text = error.message();
    if (text.contains("GZIP") || text.contains("ZSTD") || text.contains("Zstd")) {
      String kind = NOT_GZIP.matcher(text).find() ? "gzip" : "zstd";
      boolean other = text.contains("not a GZIP") || text.contains("Unknown frame");
      return Optional.of(
          at(
              file,
              other
                  ? "this is no " + kind + " file"
                  : "the " + kind + " file is cut short or damaged",
              other ? "its name says so; rename it, or compress it" : "fetch or write it again",
              e));
    }
    if (text.contains("magic bytes") || text.contains("too small to be a Parquet")) {
      return Optional.of(at(file, "this is no whole Parquet file", "fetch or write it again", e));
    }
    if (text.contains("Permission denied")) {
      return Optional.of(at(file, "the file may not be read", "change its permissions", e));
    }
    if (text.contains("not utf-8 encoded") || text.contains("Invalid unicode")) {
      return Optional.of(
          at(file, "the text is not UTF-8", "say how it is written, such as encoding: latin-1", e));
    }
    if (text.contains("Error when sniffing file")) {
      return Optional.of(
          at(
              file,
              "the columns cannot be told; is this CSV?",
              "declare the columns, or set delimiter, quote or skip",
              e));
    }
    Matcher json = JSON_LINE.matcher(text);
    if (json.find()) {
      String message = json.group(3).lines().findFirst().orElse("").strip();
      boolean line = json.group(1).equals("line");
      return Optional.of(
          problem(
              line
                  ? new Location(file.name(), Integer.parseInt(json.group(2)), 1)
                  : Location.of(file.name()),
              (line ? "" : "record " + json.group(2) + ": ") + Failures.lower(message),
              null,
              e));
    }
    Matcher csv = CSV_LINE.matcher(text);
    if (csv.find()) {
      String message = text.lines().skip(2).findFirst().orElse("the row does not fit");
      Location location = new Location(file.name(), Integer.parseInt(csv.group(1)), 1);
      return Optional.of(problem(location, Failures.lower(message), null, e));
    }
    if (error.kind().equals("IO")) {
      return Optional.of(
          at(file, "the file cannot be read: " + Failures.lower(error.headline()), null, e));
    }
    return Optional.empty();
  }

  private static TowpathException at(
      InputFile file, String message, @Nullable String hint, @Nullable Throwable cause) {
    return problem(Location.of(file.name()), message, hint, cause);
  }

  static TowpathException problem(
      Location location, String message, @Nullable String hint, @Nullable Throwable cause) {
    Problem problem =
        hint == null ? Problem.error(location, message) : Problem.error(location, message, hint);
    TowpathException e = new TowpathException(List.of(problem));
    if (cause != null) {
      e.initCause(cause);
    }
    return e;
  }
}
