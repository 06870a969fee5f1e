package dev.towpath.task.sql;

import dev.towpath.spi.JobRunner;
import dev.towpath.spi.SqlPlace;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What SQL answered, for a log and for later jobs. */
public final class AnswerText {
  private static final int MOST_CHARS = 200;

  private AnswerText() {}

  /** Lines for a log. */
  public static List<String> lines(SqlPlace.Answer answer) {
    List<String> lines = new ArrayList<>();
    if (answer.statements() > 1 || answer.columns().isEmpty()) {
      lines.add(
          count(answer.statements(), "statement")
              + ", "
              + count(answer.changed(), "row")
              + " changed");
    }
    if (!answer.columns().isEmpty()) {
      lines.add(String.join(" | ", answer.columns()));
      for (List<@Nullable Object> row : answer.rows()) {
        lines.add(String.join(" | ", row.stream().map(AnswerText::shown).toList()));
      }
      lines.add(
          answer.more()
              ? "(the first " + count(answer.rows().size(), "row") + ")"
              : "(" + count(answer.rows().size(), "row") + ")");
    }
    return lines;
  }

  private static String shown(@Nullable Object value) {
    String text = String.valueOf(value).replaceAll("\\s+", " ");
    return value == null
        ? "NULL"
        : text.length() > MOST_CHARS ? text.substring(0, MOST_CHARS) + "..." : text;
  }

  private static String count(long number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }

  /** Hands on the first row: each column under its name; a NULL is none. */
  public static void handOn(SqlPlace.Answer answer, JobRunner.Context context) {
    if (answer.rows().isEmpty()) {
      return;
    }
    List<@Nullable Object> row = answer.rows().getFirst();
    for (int i = 0; i < row.size(); i++) {
      Object value = row.get(i);
      if (value != null) {
        context.outputs().put(answer.columns().get(i), value);
      }
    }
  }
}
