package dev.towpath.task.sql;

import dev.towpath.spi.JobRunner;
import dev.towpath.spi.Location;
import dev.towpath.spi.Problem;
import dev.towpath.spi.SqlPlace;
import dev.towpath.spi.TowpathException;
import java.util.Optional;
import java.util.function.Function;

/** Where SQL of jobs may run: in the lake, or behind a URL. */
public final class Places {
  private final Function<JobRunner.Job, SqlPlace> lake;
  private final SqlPlace.Finder databases;

  /**
   * Places.
   *
   * @param lake the lake's current release, for the SQL under that job's key {@code sql}
   */
  public Places(Function<JobRunner.Job, SqlPlace> lake, SqlPlace.Finder databases) {
    this.lake = lake;
    this.databases = databases;
  }

  /** Where the SQL of a job runs: behind its URL, or in the lake. */
  public SqlPlace of(JobRunner.Job job) {
    return job.text("url").map(databases::at).orElseGet(() -> lake.apply(job));
  }

  /** What is wrong with a URL as it is written. */
  public Optional<Problem> check(Optional<String> url, Location at) {
    if (url.isEmpty() || url.get().contains("${")) {
      return Optional.empty(); // what stands for it is known when it runs
    }
    try {
      databases.at(url.get());
      return Optional.empty();
    } catch (TowpathException e) {
      return Optional.of(
          Problem.error(at, String.valueOf(e.getMessage()), e.hint().orElse("write url: ${NAME}")));
    }
  }

  /** A complaint about SQL that wants a value pasted into it. */
  public static Optional<Problem> pasted(String sql, Location at) {
    int open = sql.indexOf("${");
    if (open < 0) {
      return Optional.empty();
    }
    int close = sql.indexOf('}', open);
    String name = close < 0 ? "" : sql.substring(open + 2, close);
    return Optional.of(
        Problem.error(
            at,
            "${" + name + "} is not replaced in SQL",
            "values are bound: write params: {name: \"${" + name + "}\"} and $name in the SQL"));
  }
}
