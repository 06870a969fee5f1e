package dev.towpath.spi;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where the SQL of a job runs: the lake, or a database server. Thread-safe. */
public interface SqlPlace {

  /** How many rows an answer holds at most. */
  int MOST_ROWS = 20;

  /**
   * Does statements on this thread, all or nothing; an interruption cancels them.
   *
   * @param sql one statement or several, as the place allows; values are written {@code $name}
   * @param values by name, of the types that {@link JobRunner.Context#values} has; bound, never
   *     pasted
   * @throws TowpathException in plain words and without secrets; then nothing was changed
   */
  Answer run(String sql, Map<String, Object> values);

  /**
   * What came of it.
   *
   * @param statements how many were done
   * @param changed how many rows they changed together
   * @param columns of the last statement that had a result; empty when none had
   * @param rows the first of that result: Boolean, Long, Double, {@link java.math.BigDecimal},
   *     String or null; times and all else as text
   * @param more whether it had more rows
   */
  record Answer(
      int statements,
      long changed,
      List<String> columns,
      List<List<@Nullable Object>> rows,
      boolean more) {
    // Spelled out, because a compact constructor loses the annotation in class files.
    public Answer(
        int statements,
        long changed,
        List<String> columns,
        List<List<@Nullable Object>> rows,
        boolean more) {
      List<List<@Nullable Object>> copy = new ArrayList<>(rows.size());
      for (List<@Nullable Object> row : rows) {
        copy.add(Collections.unmodifiableList(new ArrayList<>(row)));
      }
      this.statements = statements;
      this.changed = changed;
      this.columns = List.copyOf(columns);
      this.rows = Collections.unmodifiableList(copy);
      this.more = more;
    }
  }

  /** Finds places by their URLs. */
  interface Finder {
    /**
     * The place that a URL leads to; connects to nothing yet.
     *
     * @throws TowpathException when it leads to none; without showing it, since it may hold a
     *     password
     */
    SqlPlace at(String url);
  }
}
