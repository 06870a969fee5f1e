package dev.towpath.task.sensor;

import dev.towpath.spi.JobRunner;
import dev.towpath.spi.Problem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A table of the lake that has been published with other rows. */
final class TableEye implements Eye {
  private final TableNews news;

  TableEye(TableNews news) {
    this.news = news;
  }

  @Override
  public String key() {
    return "table";
  }

  @Override
  public Set<String> more() {
    return Set.of("since");
  }

  @Override
  public List<Problem> check(JobRunner.Job job) {
    List<Problem> problems = new ArrayList<>();
    job.text("table")
        .filter(t -> !t.matches("[^.\\s]+\\.[^.\\s]+"))
        .ifPresent(t ->
            problems.add(
                Problem.error(
                    job.at("table"), "\"" + t + "\" is not a table", "write schema.table")));
    Times.since(job, "since", problems);
    return problems;
  }

  @Override
  public boolean sees(JobRunner.Job job, JobRunner.Context context) {
    String table = job.text("table").orElseThrow();
    Optional<Instant> since = Times.since(job, context, "since");
    return since.isPresent()
        ? news.since(table, since.get()) == TableNews.News.NEW
        : news.exists(table);
  }
}
