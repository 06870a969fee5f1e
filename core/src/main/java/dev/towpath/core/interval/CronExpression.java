package dev.towpath.core.interval;

import com.cronutils.model.Cron;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinition;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Times of the day and calendar in five fields, as Unix's cron writes them: minute, hour, day of
 * the month, month, day of the week (0 and 7 are Sunday; names are fine). When both kinds of days
 * are limited, either is enough. {@code @hourly}, {@code @daily} and the like are fine too.
 *
 * <p>It knows local times only. What they mean on a day when clocks change is for its user to say,
 * since no two libraries agree on it.
 */
public final class CronExpression {
  private static final CronDefinition UNIX =
      CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX);
  private static final Pattern NICKNAME = Pattern.compile("@[a-z]+");

  /** Leap days come every four years, but for 2100 and the like. */
  private static final int MOST_YEARS_AHEAD = 9;

  private final String text;
  private final ExecutionTime times;

  private CronExpression(String text, ExecutionTime times) {
    this.text = text;
    this.times = times;
  }

  /**
   * Reads an expression.
   *
   * @throws IllegalArgumentException when it is none, with the reason
   */
  public static CronExpression parse(String text) {
    Cron cron = new CronParser(UNIX).parse(fields(text)).validate();
    return new CronExpression(text, ExecutionTime.forCron(cron));
  }

  /** Why a text is no expression, in a few words; empty when it is one. */
  public static Optional<String> mistake(String text) {
    try {
      CronExpression expression = parse(text);
      return expression.next(LocalDateTime.of(2024, 1, 1, 0, 0)).isPresent()
          ? Optional.empty()
          : Optional.of("\"" + text + "\" never comes: there is no such day");
    } catch (IllegalArgumentException e) {
      return Optional.of("\"" + text + "\" is not a cron expression" + reason(e));
    }
  }

  private static String reason(IllegalArgumentException e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = String.valueOf(cause.getMessage());
    Matcher found = Pattern.compile("Failed to parse '[^']*'\\. (.*)").matcher(message);
    String words = found.matches() ? found.group(1) : message;
    return words.isBlank() || words.equals("null") ? "" : ": " + words;
  }

  private static String fields(String text) {
    String plain = text.strip();
    if (!NICKNAME.matcher(plain).matches()) {
      return plain;
    }
    return switch (plain) {
      case "@hourly" -> "0 * * * *";
      case "@daily", "@midnight" -> "0 0 * * *";
      case "@weekly" -> "0 0 * * 0";
      case "@monthly" -> "0 0 1 * *";
      case "@yearly", "@annually" -> "0 0 1 1 *";
      default ->
          throw new IllegalArgumentException(
              "there are @hourly, @daily, @weekly, @monthly and @yearly");
    };
  }

  /** The first time after another; empty when there is none within nine years. */
  public Optional<LocalDateTime> next(LocalDateTime after) {
    return times
        .nextExecution(after.atZone(ZoneOffset.UTC))
        .map(t -> t.toLocalDateTime())
        .filter(t -> t.isBefore(after.plusYears(MOST_YEARS_AHEAD)));
  }

  /** The last time before another; empty when there is none within nine years. */
  public Optional<LocalDateTime> previous(LocalDateTime before) {
    return times
        .lastExecution(before.atZone(ZoneOffset.UTC))
        .map(t -> t.toLocalDateTime())
        .filter(t -> t.isAfter(before.minusYears(MOST_YEARS_AHEAD)));
  }

  @Override
  public String toString() {
    return text;
  }
}
