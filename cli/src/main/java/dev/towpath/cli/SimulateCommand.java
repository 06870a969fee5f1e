package dev.towpath.cli;

import dev.towpath.core.project.Flow;
import dev.towpath.core.schedule.Firing;
import dev.towpath.core.schedule.Firings;
import dev.towpath.spi.TowpathException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "simulate",
    description = "Prints when a flow would be due, and the interval of each firing.")
final class SimulateCommand extends BaseCommand {
  private static final int DEFAULT_LIMIT = 1_000;
  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssXXX", java.util.Locale.ROOT);

  @Parameters(paramLabel = "FLOW", description = "The name of its file in flows/.")
  private String flow = "";

  @Option(
      names = "--from",
      paramLabel = "D",
      description =
          "The first moment, in the flow's timezone: a date, or a date and time"
              + " (default: now).")
  private @Nullable String from;

  @Option(
      names = "--to",
      paramLabel = "D",
      description = "The first moment that is not looked at (default: a week after --from).")
  private @Nullable String to;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "The most firings to print (default: ${DEFAULT-VALUE}).",
      defaultValue = "" + DEFAULT_LIMIT)
  private int limit;

  @Override
  public Integer call() {
    WrongUsage.positive("--limit", limit);
    try (Platform platform = platform()) {
      Flow found = FlowNames.find(platform, flow);
      requireReadable(platform, found);
      Instant start =
          from == null ? platform.clock().instant() : moment("--from", from, found.zone());
      Instant end =
          to == null
              ? start.atZone(found.zone()).plus(1, ChronoUnit.WEEKS).toInstant()
              : moment("--to", to, found.zone());
      if (!start.isBefore(end)) {
        throw new UsageException("--to is not after --from", "--to itself is not looked at");
      }
      List<Firing> firings = Firings.of(found).between(start, end, limit + 1);
      boolean more = firings.size() > limit;
      print(found, more ? firings.subList(0, limit) : firings);
      if (more) {
        console().err().println("there are more; --limit N shows them");
      }
      return Main.OK;
    }
  }

  /** A flow whose own file has mistakes could be due at other times than was meant. */
  private static void requireReadable(Platform platform, Flow flow) {
    List<dev.towpath.spi.Problem> own =
        platform.project().problems().stream()
            .filter(p -> p.isError() && p.location().file().equals(flow.file()))
            .toList();
    if (!own.isEmpty()) {
      throw new TowpathException(own);
    }
  }

  private void print(Flow found, List<Firing> firings) {
    ZoneId zone = found.zone();
    if (json()) {
      console()
          .out()
          .println(
              Json.write(
                  Json.object(
                      "firings",
                      firings.stream()
                          .map(f ->
                              Json.object(
                                  "at",
                                  text(f.at(), zone),
                                  "start",
                                  text(f.start(), zone),
                                  "end",
                                  text(f.end(), zone)))
                          .toList())));
    } else if (firings.isEmpty()) {
      console()
          .out()
          .println(
              Firings.without(found)
                  .map(how -> "it has no schedule: " + how)
                  .orElse("it is not due in that time"));
    } else {
      TextTable.lines(
              List.of("at", "start", "end"),
              List.of(false, false, false),
              firings.stream()
                  .map(f -> List.of(text(f.at(), zone), text(f.start(), zone), text(f.end(), zone)))
                  .toList())
          .forEach(console().out()::println);
    }
  }

  static String text(Instant moment, ZoneId zone) {
    return MOMENT.format(moment.atZone(zone));
  }

  /** A moment as people write it; one without an offset is in the flow's timezone. */
  static Instant moment(String option, String text, ZoneId zone) {
    String iso = text.strip().replace(' ', 'T');
    try {
      if (!iso.contains("T")) {
        return Firings.moment(LocalDate.parse(iso).atStartOfDay(), zone);
      }
      boolean offset = iso.endsWith("Z") || iso.lastIndexOf('+') > 10 || iso.lastIndexOf('-') > 10;
      return offset
          ? OffsetDateTime.parse(iso).toInstant()
          : Firings.moment(LocalDateTime.parse(iso), zone);
    } catch (DateTimeException _) {
      throw new UsageException(
          option + " \"" + text + "\" is not a date",
          "write a date such as 2026-03-28, or 2026-03-28T06:00");
    }
  }
}
