package dev.towpath.spi;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A kind of place outside that takes a table's rows: a database server. Stateless, thread-safe. */
public interface ExportTarget {

  /** What the rows do to those that are there. */
  enum Mode {
    /** They take the place of all. */
    REPLACE,
    /** They are added. */
    APPEND,
    /** Each takes the place of the row with the same key, or is added. */
    UPSERT
  }

  /** Schemes of the URLs that it takes, such as {@code postgres}. */
  Set<String> schemes();

  /**
   * How a column is written into the CSV that is handed over, as an expression over its quoted
   * name; for types whose text the target would not read.
   */
  String expression(Column column);

  /**
   * What the last append of a line of appends brought there, as the target itself remembers it:
   * only it knows whether a write went through whose answer was lost.
   *
   * @param line {@link Append#line}
   * @return {@link Append#to} of that append; empty when there was none
   */
  Optional<String> appended(String url, String table, String line);

  /**
   * Writes the rows in one transaction.
   *
   * @param csv header, RFC 4180, empty for NULL, {@code ""} for the empty text
   * @throws TowpathException in plain words and without secrets; then nothing was written, unless
   *     the connection broke at the very end
   * @return number of rows written
   */
  long write(Request request, Path csv);

  /**
   * What is to be written.
   *
   * @param url with the secrets in it
   * @param table as the target names it, with or without a schema
   * @param key of an upsert
   * @param columns names and types of the rows
   * @param append of a {@link Mode#APPEND}: what is remembered with it; without, each write adds
   */
  record Request(
      String url,
      String table,
      Mode mode,
      List<String> key,
      Schema columns,
      Optional<Append> append) {
    public Request {
      key = List.copyOf(key);
    }
  }

  /**
   * One of a line of appends. It fails when the target remembers another one than {@code from}.
   *
   * @param line tells it from other lines that append to the same table
   * @param from what the target remembers before; empty before the first
   * @param to what it remembers from then on
   */
  record Append(String line, Optional<String> from, String to) {}
}
