package dev.towpath.task.sql;

import dev.towpath.spi.JobRunner;
import dev.towpath.spi.Problem;
import dev.towpath.spi.SqlPlace;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Runs SQL: without a URL one SELECT over the lake's current release, with one statements in that
 * database, in one transaction. The first row of the result is handed on.
 */
public final class SqlRunner implements JobRunner {
  private final Places places;

  public SqlRunner(Places places) {
    this.places = places;
  }

  @Override
  public String type() {
    return "sql";
  }

  @Override
  public Set<String> keys() {
    return Set.of("sql", "url");
  }

  @Override
  public Set<String> verbatim() {
    return Set.of("sql");
  }

  @Override
  public List<Problem> check(Job job) {
    List<Problem> problems = new ArrayList<>();
    if (job.text("sql").filter(s -> !s.isBlank()).isEmpty()) {
      problems.add(
          Problem.error(
              job.at("sql"),
              "a sql job needs \"sql\"",
              "write sql: SELECT ..., and url: for a database outside of the lake"));
    }
    job.text("sql").flatMap(sql -> Places.pasted(sql, job.at("sql"))).ifPresent(problems::add);
    places.check(job.text("url"), job.at("url")).ifPresent(problems::add);
    return problems;
  }

  @Override
  public void run(Job job, Context context) {
    SqlPlace.Answer answer = places.of(job).run(job.text("sql").orElseThrow(), context.values());
    AnswerText.lines(answer).forEach(context.log()::line);
    AnswerText.handOn(answer, context);
  }
}
