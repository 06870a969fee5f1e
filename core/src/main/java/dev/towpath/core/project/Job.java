package dev.towpath.core.project;

import dev.towpath.spi.JobRunner;
import dev.towpath.spi.Location;
import dev.towpath.spi.TableName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A file of {@code jobs/}: work that is not a table.
 *
 * @param name the file's name without ending
 * @param type what runs it: {@code shell} and the like
 * @param declaration its keys as written
 * @param tables that must be published before it starts; without any, it comes before the tables
 *     that run with it
 * @param jobs that must have ended well before it starts
 * @param retries unless its flow's hold
 * @param control what a flow minds when it runs the job
 */
public record Job(
    String name,
    String file,
    String type,
    Optional<String> description,
    List<String> tags,
    JobRunner.Job declaration,
    List<TableName> tables,
    List<String> jobs,
    Optional<Flow.Retries> retries,
    Optional<Duration> timeout,
    Control control,
    Location location) {
  public Job {
    tags = List.copyOf(tags);
    tables = List.copyOf(tables);
    jobs = List.copyOf(jobs);
  }

  /** The pool of jobs that name none. */
  public static final String DEFAULT_POOL = "default";

  /**
   * What a flow minds when it runs a job.
   *
   * @param when it is skipped unless this is true; a boolean expression
   * @param rule when it starts, by how the jobs that it needs ended
   * @param pool whose slots it takes
   * @param priority unless its flow's holds
   * @param forEach a query; the job runs once for each row
   * @param mostRows rows of that query beyond which it fails
   * @param params values that it may use by name; texts may hold templates
   */
  public record Control(
      Optional<Sql> when,
      TriggerRule rule,
      String pool,
      Optional<Integer> priority,
      Optional<Sql> forEach,
      int mostRows,
      Map<String, Object> params) {
    public Control {
      params = Map.copyOf(params);
    }
  }

  /** SQL that stands in the file, and where. */
  public record Sql(String text, Location location) {}
}
