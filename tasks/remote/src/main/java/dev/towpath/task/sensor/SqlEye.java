package dev.towpath.task.sensor;

import dev.towpath.spi.JobRunner;
import dev.towpath.spi.Problem;
import dev.towpath.spi.SqlPlace;
import dev.towpath.task.sql.AnswerText;
import dev.towpath.task.sql.Places;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A SELECT whose first value is true. */
final class SqlEye implements Eye {
  private final Places places;

  SqlEye(Places places) {
    this.places = places;
  }

  @Override
  public String key() {
    return "sql";
  }

  @Override
  public Set<String> more() {
    return Set.of("url");
  }

  @Override
  public List<Problem> check(JobRunner.Job job) {
    List<Problem> problems = new ArrayList<>();
    String sql = job.text("sql").orElse("");
    if (sql.isBlank()) {
      problems.add(
          Problem.error(
              job.at("sql"),
              "\"sql\" is empty",
              "write a SELECT whose first value is true or false"));
    }
    Places.pasted(sql, job.at("sql")).ifPresent(problems::add);
    places.check(job.text("url"), job.at("url")).ifPresent(problems::add);
    return problems;
  }

  @Override
  public boolean sees(JobRunner.Job job, JobRunner.Context context) {
    SqlPlace.Answer answer = places.of(job).run(job.text("sql").orElseThrow(), context.values());
    boolean met = !answer.rows().isEmpty() && isTrue(answer.rows().getFirst().getFirst());
    if (met) {
      AnswerText.handOn(answer, context);
    }
    return met;
  }

  /** As databases without a BOOLEAN have it: a number that is not 0, and the words for true. */
  static boolean isTrue(@Nullable Object value) {
    return switch (value) {
      case null -> false;
      case Boolean flag -> flag;
      case Number number -> number.doubleValue() != 0;
      default ->
          switch (value.toString().strip().toLowerCase(Locale.ROOT)) {
            case "true", "t", "yes", "1" -> true;
            default -> false;
          };
    };
  }
}
