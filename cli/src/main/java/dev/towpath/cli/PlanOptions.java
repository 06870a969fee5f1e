package dev.towpath.cli;

import dev.towpath.core.check.Checked;
import dev.towpath.core.graph.Selector;
import dev.towpath.core.plan.Plan;
import dev.towpath.core.project.Flow;
import dev.towpath.spi.TableName;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What {@code plan} and {@code run} both take. */
final class PlanOptions {
  private static final int NAMED = 5;

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

  /** What a command without selectors leaves out, since the project wants it to be named. */
  List<TableName> leftOut(Checked checked) {
    List<String> words = checked.project().onRequest().stream().map(Flow.Choice::text).toList();
    return selection.isAll() && !words.isEmpty()
        ? Selector.parse(words, List.of()).select(checked.graph())
        : List.of();
  }

  /** A line that names it. */
  Optional<String> notice(Checked checked) {
    List<TableName> names = leftOut(checked);
    return names.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "note: left out "
                + String.join(", ", names.stream().limit(NAMED).map(TableName::toString).toList())
                + (names.size() > NAMED ? " and " + (names.size() - NAMED) + " more" : "")
                + ", as on_request: in towpath.yml says; \"towpath run "
                + String.join(
                    " ", checked.project().onRequest().stream().map(Flow.Choice::text).toList())
                + "\" builds "
                + (names.size() == 1 ? "it" : "them"));
  }

  Plan.Request request(Checked checked, Instant logicalTime) {
    Optional<LocalDateTime> start = time("--from", from);
    Optional<LocalDateTime> end = time("--to", to);
    if (start.isPresent() && end.isPresent() && !start.get().isBefore(end.get())) {
      throw new UsageException("--from is not before --to", "--to is not included");
    }
    Optional<Plan.Range> range =
        start.isPresent() || end.isPresent()
            ? Optional.of(new Plan.Range(start, end))
            : Optional.empty();
    List<TableName> selected = new ArrayList<>(selection.of(checked.graph()));
    selected.removeAll(leftOut(checked));
    return new Plan.Request(selected, selection.isAll(), full, range, logicalTime);
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
