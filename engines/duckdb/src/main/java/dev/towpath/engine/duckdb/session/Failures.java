package dev.towpath.engine.duckdb.session;

import dev.towpath.engine.duckdb.DuckDbError;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.SqlException;
import dev.towpath.spi.TowpathException;
import java.sql.SQLException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Turns what DuckDB says into what a person is told. */
public final class Failures {
  /** Where what asked for memory does not say in DuckDB's way that there was none. */
  private static final Pattern NO_MEMORY =
      Pattern.compile("^Memory allocation failure|bad_alloc|bad allocation|failed to allocate");

  private static final Pattern MISSING =
      Pattern.compile(
          "No files found that match the pattern \"([^\"]*)\"|\"([^\"]*)\": No such file");
  private static final Pattern DENIED =
      Pattern.compile("\"([^\"]*)\": (?:Permission denied|Read-only file system)");
  private static final Pattern DAMAGED =
      Pattern.compile(
          "(?i)magic bytes|too small to be a Parquet|TProtocolException|footer length|"
              + "corrupt|ZSTD Decompression|Snappy Decompression|data is truncated|Invalid Parquet|"
              + "Failed to read Parquet|out of bounds|not enough bytes|reached the end of the file");
  private static final Pattern PLACE = Pattern.compile("\"(/[^\"\\\\]+)\\\\?\"");
  private static final Pattern FILE = Pattern.compile("['\"]([^'\"]*\\.parquet)['\"]");

  private Failures() {}

  /** A failure of a statement that is all ours. */
  public static TowpathException of(SQLException e) {
    return of(e, null, "", 0);
  }

  /**
   * A failure of a caller's statement.
   *
   * @param ran the text that ran
   * @param start where the caller's text starts in it
   */
  public static TowpathException of(
      SQLException e, @Nullable BoundSql caller, String ran, int start) {
    DuckDbError error = DuckDbError.of(e);
    if (error.interrupted()) {
      return new CancelledException();
    }
    String text = error.message();
    if (isFull(error)) {
      Matcher place = PLACE.matcher(text);
      return new TowpathException(
          (place.find() ? "the disk that holds " + place.group(1) : "the disk") + " is full",
          "free some space (\"towpath gc\" may help) and run again",
          e);
    }
    if (text.contains("max_temp_directory_size")) {
      return new TowpathException(
          "the disk has no room for the engine's temporary files",
          "free some space, or give the engine more memory",
          e);
    }
    if (error.kind().equals("Out of Memory") || NO_MEMORY.matcher(text).find()) {
      return new OutOfMemory(e);
    }
    Matcher missing = MISSING.matcher(text);
    if (missing.find()) {
      String name = Literals.plain(missing.group(1) == null ? missing.group(2) : missing.group(1));
      return new TowpathException("the file " + name + " is missing", lost(name), e);
    }
    Matcher denied = DENIED.matcher(text);
    if (denied.find()) {
      return new TowpathException(
          "there is no permission for " + denied.group(1), "change its permissions", e);
    }
    Matcher file = FILE.matcher(text);
    if (DAMAGED.matcher(text).find() && file.find()) {
      return new TowpathException(
          "the file " + file.group(1) + " is damaged", lost(file.group(1)), e);
    }
    if (error.kind().equals("IO")) {
      return new TowpathException(message(error), null, e);
    }
    int offset = caller == null ? -1 : caller.original(error.offset(ran) - start);
    return new SqlException(message(error), hint(error), offset, e);
  }

  /** Whether a disk is full; that is no fault of the file that was read. */
  static boolean isFull(DuckDbError error) {
    return error.message().contains("No space left on device");
  }

  private static @Nullable String lost(String file) {
    return file.endsWith(".parquet")
        ? "\"towpath run TABLE --full\" makes its table anew; or copy the file back from a backup"
        : null;
  }

  private static String message(DuckDbError error) {
    if (error.subtype().equals("COLUMN_NOT_FOUND")) {
      return "unknown column \"" + error.name() + "\"";
    }
    String line = error.headline().strip();
    if (line.endsWith("!")) {
      line = line.substring(0, line.length() - 1);
    }
    return lower(line);
  }

  /** A sentence that starts in lower case, unless with an abbreviation. */
  static String lower(String sentence) {
    String line = sentence.strip();
    boolean acronym = line.length() > 1 && Character.isUpperCase(line.charAt(1));
    return line.isEmpty() || acronym
        ? line
        : line.substring(0, 1).toLowerCase(Locale.ROOT) + line.substring(1);
  }

  private static @Nullable String hint(DuckDbError error) {
    if (error.isInternal()) {
      return "that is a mistake of the engine's: write it in another way";
    }
    return error.candidates().isEmpty()
        ? null
        : "did you mean \"" + error.candidates().getFirst() + "\"?";
  }
}
