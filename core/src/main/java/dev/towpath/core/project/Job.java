package dev.towpath.core.project;

import dev.towpath.spi.JobRunner;
import dev.towpath.spi.Location;
import dev.towpath.spi.TableName;
import java.time.Duration;
import java.util.List;
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
    Location location) {
  public Job {
    tags = List.copyOf(tags);
    tables = List.copyOf(tables);
    jobs = List.copyOf(jobs);
  }
}
