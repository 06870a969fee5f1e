package dev.towpath.spi;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** One kind of source: {@code files}, {@code sqlite}, {@code tpch}. Stateless and thread-safe. */
public interface SourceReader {

  /** The value of {@code type:}. */
  String type();

  /** Keys that a source of this type takes besides the common ones. */
  Set<String> sourceKeys();

  /** Keys that a table of this type takes besides the common ones. */
  Set<String> tableKeys();

  /**
   * Whether a key says how it is reached, or what becomes of what does not fit, and not what is
   * read: with another value, what was read stays as it is.
   */
  default boolean isPassing(String key, Object value) {
    return false;
  }

  /** Values of {@code mode:} that it supports. */
  Set<String> modes();

  /**
   * What is wrong with the keys of a table, told without looking outside: unknown values, missing
   * or contradicting keys. Called for a known {@link #modes mode} and known keys only.
   */
  default List<Problem> check(SourceTable table) {
    return List.of();
  }

  /**
   * Names and types of the table as it stands outside, now.
   *
   * @param infer asks the engine for the columns of files
   * @throws TowpathException when it cannot be reached, in plain words and without secrets
   */
  Schema contact(SourceTable table, Function<FileScan, Schema> infer);

  /**
   * Whether there is something new since a reading. Takes moments: it reads no rows, or those of a
   * small source only.
   *
   * @param last what the last published reading said; empty before the first
   */
  Probe probe(SourceTable table, Optional<SourceState> last);

  /**
   * Starts a reading.
   *
   * @param schema the columns to read as, in order
   * @param infer asks the engine for the columns of files, to tell drift
   * @param shared what the readings of one run have in common; outlives this reading
   */
  Reading read(
      SourceTable table,
      Optional<SourceState> last,
      Schema schema,
      Function<FileScan, Schema> infer,
      Shared shared);

  /** What the rows of a reading do to those that are there. */
  enum Effect {
    /** They take the place of all. */
    REPLACE,
    /** They are added. */
    APPEND,
    /** Each takes the place of the row with the same {@link Reading#key key}, or is added. */
    UPSERT
  }

  /** The answer of a probe. */
  sealed interface Probe {
    /** Nothing new. */
    record Unchanged() implements Probe {}

    /**
     * Something new.
     *
     * @param reason such as {@code 1 new file: data/flights/2013-03.csv.gz}
     */
    record Changed(String reason) implements Probe {}

    /**
     * Only reading can tell.
     *
     * @param why it cannot be told now; empty when it never can
     */
    record Unknown(String why) implements Probe {
      /** A source that never can. */
      public Unknown() {
        this("");
      }
    }
  }

  /** A reading in progress. Closed after its rows are written, or have failed to be. */
  interface Reading extends AutoCloseable {
    /** What to write. */
    Extract extract();

    /**
     * The columns of the extract: those asked for, and new ones after them when the table says
     * {@code on_new_column: add}.
     */
    Schema schema();

    /**
     * What {@link #finish} will return unless something changes, where that can be told before
     * reading. A run that failed later has then not read in vain: its rows are taken as they are.
     */
    default Optional<SourceState> expected() {
      return Optional.empty();
    }

    /** What the rows do to those that are there. */
    Effect effect();

    /**
     * The columns that tell one row from another, where the source has such; an {@link
     * Effect#UPSERT} always has. Whatever the effect: a key that is NULL, or occurs twice among the
     * rows, fails the task.
     */
    default List<String> key() {
      return List.of();
    }

    /**
     * The column that tells which of several rows with one key is the newest, where a source may
     * tell of one thing more than once in a reading: then that row is taken, of equal ones the one
     * that was read last. Of an {@link Extract.Files} only.
     */
    default Optional<String> newest() {
      return Optional.empty();
    }

    /** What people should know of the rows besides how many they are, in a few words. */
    default Optional<String> note() {
      return Optional.empty();
    }

    /**
     * Called once all rows are written: makes sure that nothing changed meanwhile, and says what
     * the next reading starts from.
     *
     * @throws TowpathException when a file changed while it was read
     */
    SourceState finish();

    @Override
    void close();
  }
}
