package dev.towpath.cli;

import dev.towpath.core.graph.Graph;
import dev.towpath.core.plan.Plan;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What {@code plan} and {@code run} both take. */
final class PlanOptions {
  @Mixin private Selection selection = new Selection();

  @Option(
      names = "--full",
      description = "Build what is selected from scratch, whether it is stale or not.")
  private boolean full;

  @Option(
      names = "--from",
      paramLabel = "D",
      description =
          "Build intervals of incremental models again, from this date or time on, such as"
              + " 2013-07-01 or 2013-07-01T06:00.")
  private @Nullable String from;

  @Option(
      names = "--to",
      paramLabel = "D",
      description = "The end of --from's span: up to this date or time, which is not included.")
  private @Nullable String to;

  Selection selection() {
    return selection;
  }

  Plan.Request request(Graph graph, Instant logicalTime) {
    Optional<LocalDateTime> start = time("--from", from);
    Optional<LocalDateTime> end = time("--to", to);
    if (start.isPresent() && end.isPresent() && !start.get().isBefore(end.get())) {
      throw new UsageException("--from is not before --to", "--to is not included");
    }
    Optional<Plan.Range> range =
        start.isPresent() || end.isPresent()
            ? Optional.of(new Plan.Range(start, end))
            : Optional.empty();
    return new Plan.Request(selection.of(graph), selection.isAll(), full, range, logicalTime);
  }

  private static Optional<LocalDateTime> time(String option, @Nullable String text) {
    if (text == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          text.length() <= 10
              ? LocalDate.parse(text).atStartOfDay()
              : LocalDateTime.parse(text.replace(' ', 'T')));
    } catch (DateTimeParseException e) {
      throw new UsageException(
          option + " \"" + text + "\" is no date", "write 2013-01-31 or 2013-01-31T06:00");
    }
  }
}
