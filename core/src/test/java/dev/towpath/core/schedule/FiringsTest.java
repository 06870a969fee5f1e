package dev.towpath.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.core.project.Flow;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When flows are due, above all in nights when clocks change. */
class FiringsTest {
  private static final Instant YEAR = Instant.parse("2026-01-01T00:00:00Z");

  private static Flow flow(
      Flow.Trigger trigger,
      String zone,
      Optional<LocalDateTime> start,
      Optional<LocalDateTime> end) {
    return new Flow(
        "f",
        "flows/f.yml",
        Optional.empty(),
        List.of(),
        trigger,
        List.of(),
        List.of(),
        ZoneId.of(zone),
        start,
        end,
        false,
        List.of(),
        Flow.Concurrency.QUEUE,
        Flow.Retries.NONE,
        Optional.empty(),
        Optional.empty(),
        0,
        false,
        List.of(),
        Map.of());
  }

  private static Firings cron(String expression, String zone) {
    return Firings.of(flow(new Flow.Cron(expression), zone, Optional.empty(), Optional.empty()));
  }

  private static List<String> at(Firings firings, String from, String to, String zone) {
    return firings.between(Instant.parse(from), Instant.parse(to), 1_000).stream()
        .map(f -> f.at().atZone(ZoneId.of(zone)).toOffsetDateTime().toString())
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # the clock goes from 2:00 to 3:00: 2:30 does not exist and fires when it becomes 3:00
          30 2 * * * | Europe/Amsterdam    | 2026-03-28T00:00:00Z | 2026-03-31T00:00:00Z | 2026-03-28T02:30+01:00 2026-03-29T03:00+02:00 2026-03-30T02:30+02:00
          # all of the gap is one firing, together with the one right behind it
          */20 * * * * | Europe/Amsterdam  | 2026-03-29T00:20:00Z | 2026-03-29T01:30:00Z | 2026-03-29T01:20+01:00 2026-03-29T01:40+01:00 2026-03-29T03:00+02:00 2026-03-29T03:20+02:00
          # the clock goes back from 3:00 to 2:00: 2:30 occurs twice and fires the first time
          30 2 * * * | Europe/Amsterdam    | 2026-10-24T00:00:00Z | 2026-10-26T22:00:00Z | 2026-10-24T02:30+02:00 2026-10-25T02:30+02:00 2026-10-26T02:30+01:00
          */30 * * * * | Europe/Amsterdam  | 2026-10-25T00:00:00Z | 2026-10-25T03:00:00Z | 2026-10-25T02:00+02:00 2026-10-25T02:30+02:00 2026-10-25T03:00+01:00 2026-10-25T03:30+01:00
          30 2 * * * | America/New_York    | 2026-03-07T00:00:00Z | 2026-03-09T23:00:00Z | 2026-03-07T02:30-05:00 2026-03-08T03:00-04:00 2026-03-09T02:30-04:00
          30 1 * * * | America/New_York    | 2026-11-01T00:00:00Z | 2026-11-02T23:00:00Z | 2026-11-01T01:30-04:00 2026-11-02T01:30-05:00
          # half an hour only, and in the other half of the year
          15 2 * * * | Australia/Lord_Howe | 2026-10-02T15:00:00Z | 2026-10-05T00:00:00Z | 2026-10-03T02:15+10:30 2026-10-04T02:30+11:00 2026-10-05T02:15+11:00
          45 1 * * * | Australia/Lord_Howe | 2026-04-03T15:00:00Z | 2026-04-05T23:00:00Z | 2026-04-05T01:45+11:00 2026-04-06T01:45+10:30
          0 0 29 2 * | UTC                 | 2026-01-01T00:00:00Z | 2033-01-01T00:00:00Z | 2028-02-29T00:00Z 2032-02-29T00:00Z
          # both kinds of days: either is enough
          0 0 13 * 5 | UTC                 | 2026-11-01T00:00:00Z | 2026-12-05T00:00:00Z | 2026-11-06T00:00Z 2026-11-13T00:00Z 2026-11-20T00:00Z 2026-11-27T00:00Z 2026-12-04T00:00Z
          0 6 * * MON-FRI | UTC            | 2026-11-20T00:00:00Z | 2026-11-24T00:00:00Z | 2026-11-20T06:00Z 2026-11-23T06:00Z
          """)
  void clocksChange(String cron, String zone, String from, String to, String expected) {
    assertThat(at(cron(cron, zone), from, to, zone)).isEqualTo(List.of(expected.split(" ")));
  }

  /** A second computation, minute by minute over local times, of some expressions. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Europe/Amsterdam",
        "America/New_York",
        "Australia/Lord_Howe",
        "America/St_Johns",
        "Africa/Casablanca",
        "Asia/Kathmandu"
      })
  void agreeWithLookingAtEveryMinute(String zone) {
    Map<String, Predicate<LocalDateTime>> expressions =
        Map.of(
            "7 * * * *", t -> t.getMinute() == 7,
            "*/15 1-3 * * *", t -> t.getMinute() % 15 == 0 && t.getHour() >= 1 && t.getHour() <= 3,
            "0 0 1 * *", t -> t.getDayOfMonth() == 1 && t.getHour() == 0 && t.getMinute() == 0,
            "30 2 * * 0", t -> t.getDayOfWeek().getValue() == 7 && at(t, 2, 30),
            "59 23 28-31 * *", t -> t.getDayOfMonth() >= 28 && at(t, 23, 59),
            "@hourly", t -> t.getMinute() == 0,
            "@weekly", t -> t.getDayOfWeek().getValue() == 7 && at(t, 0, 0),
            "0 6 * * 7", t -> t.getDayOfWeek().getValue() == 7 && at(t, 6, 0),
            "5,35 4 * JAN,jun MON-FRI",
                t ->
                    t.getMinute() % 30 == 5
                        && t.getHour() == 4
                        && List.of(1, 6).contains(t.getMonthValue())
                        && t.getDayOfWeek().getValue() <= 5,
            "0 0 13 * 5", // either of the two days, as cron has it
                t -> (t.getDayOfMonth() == 13 || t.getDayOfWeek().getValue() == 5) && at(t, 0, 0));
    ZoneId id = ZoneId.of(zone);
    for (ZoneOffsetTransition change = id.getRules().nextTransition(YEAR);
        change != null && change.getInstant().isBefore(YEAR.plus(500, ChronoUnit.DAYS));
        change = id.getRules().nextTransition(change.getInstant())) {
      LocalDateTime around = change.getDateTimeBefore().truncatedTo(ChronoUnit.DAYS);
      agree(expressions, id, around.minusDays(4), around.plusDays(4));
    }
    LocalDateTime month = LocalDateTime.of(2026, 6, 1, 0, 0);
    agree(expressions, id, month, month.plusDays(40));
  }

  private static void agree(
      Map<String, Predicate<LocalDateTime>> expressions,
      ZoneId id,
      LocalDateTime from,
      LocalDateTime to) {
    expressions.forEach((cron, fits) -> {
      TreeSet<Instant> expected = new TreeSet<>();
      for (LocalDateTime t = from; t.isBefore(to); t = t.plusMinutes(1)) {
        if (fits.test(t)) {
          expected.add(Firings.moment(t, id));
        }
      }
      Firings firings = cron(cron, id.getId());
      Instant start = Firings.moment(from, id);
      Instant end = Firings.moment(to, id);
      List<Firing> found = firings.between(start, end, 100_000);
      assertThat(found.stream().map(Firing::at)).as(cron).containsExactlyElementsOf(expected);
      for (int i = 1; i < found.size(); i++) {
        assertThat(found.get(i).start()).as(cron).isEqualTo(found.get(i - 1).at());
        Instant between = found.get(i).at().minusSeconds(1);
        assertThat(firings.last(between).map(Firing::at)).contains(found.get(i - 1).at());
        assertThat(firings.last(found.get(i).at()).map(Firing::at)).contains(found.get(i).at());
      }
    });
  }

  @ParameterizedTest
  @CsvSource({
    "@daily, 0 0 * * *",
    "@midnight, 0 0 * * *",
    "@monthly, 0 0 1 * *",
    "@yearly, 0 0 1 1 *",
    "@annually, 0 0 1 1 *"
  })
  void namesStandForFields(String name, String fields) {
    Instant until = YEAR.plus(800, ChronoUnit.DAYS);
    assertThat(cron(name, "Europe/Amsterdam").between(YEAR, until, 1_000))
        .isEqualTo(cron(fields, "Europe/Amsterdam").between(YEAR, until, 1_000))
        .hasSizeGreaterThan(1);
  }

  private static boolean at(LocalDateTime time, int hour, int minute) {
    return time.getHour() == hour && time.getMinute() == minute;
  }

  @Test
  void boundsAreHalfOpen() {
    Firings firings =
        Firings.of(
            flow(
                new Flow.Cron("0 2 * * *"),
                "Europe/Amsterdam",
                Optional.of(LocalDateTime.of(2026, 1, 2, 2, 0)),
                Optional.of(LocalDateTime.of(2026, 1, 4, 2, 0))));
    assertThat(at(firings, "2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z", "Europe/Amsterdam"))
        .containsExactly("2026-01-02T02:00+01:00", "2026-01-03T02:00+01:00");
    assertThat(firings.next(Instant.parse("2026-01-03T01:00:00Z"))).isEmpty();
    assertThat(firings.last(Instant.parse("2027-01-03T01:00:00Z")).map(Firing::at))
        .contains(Instant.parse("2026-01-03T01:00:00Z"));
    assertThat(firings.last(Instant.parse("2026-01-01T01:00:00Z"))).isEmpty();
  }

  @Test
  void theFirstIntervalReachesBackBeyondTheStart() {
    Firings firings =
        Firings.of(
            flow(
                new Flow.Cron("0 2 * * *"),
                "UTC",
                Optional.of(LocalDateTime.of(2026, 1, 2, 0, 0)),
                Optional.empty()));
    assertThat(firings.next(Instant.EPOCH))
        .contains(
            new Firing(
                Instant.parse("2026-01-02T02:00:00Z"), Instant.parse("2026-01-01T02:00:00Z")));
  }

  @Test
  void periodsCountFromTheStart() {
    Flow.Trigger every = new Flow.Every(Duration.ofMinutes(90));
    Firings anchored =
        Firings.of(
            flow(
                every,
                "Europe/Amsterdam",
                Optional.of(LocalDateTime.of(2026, 3, 29, 0, 30)),
                Optional.empty()));
    assertThat(at(anchored, "2020-01-01T00:00:00Z", "2026-03-29T04:00:00Z", "Europe/Amsterdam"))
        .containsExactly(
            "2026-03-29T00:30+01:00", "2026-03-29T03:00+02:00", "2026-03-29T04:30+02:00");
    Firings free = Firings.of(flow(every, "UTC", Optional.empty(), Optional.empty()));
    Instant first = free.next(Instant.parse("2026-01-01T00:00:00Z")).orElseThrow().at();
    assertThat(first.getEpochSecond() % 5_400).isZero();
    assertThat(free.last(first.minusSeconds(1)).orElseThrow().at())
        .isEqualTo(first.minusSeconds(5_400));
    assertThat(free.last(first).orElseThrow().at()).isEqualTo(first);
  }

  @Test
  void othersAreNeverDue() {
    List<Flow.Trigger> triggers = new ArrayList<>();
    triggers.add(new Flow.Manual());
    triggers.add(new Flow.Webhook("s"));
    triggers.add(new Flow.After(List.of(), true));
    for (Flow.Trigger trigger : triggers) {
      Firings firings = Firings.of(flow(trigger, "UTC", Optional.empty(), Optional.empty()));
      assertThat(firings.next(Instant.EPOCH)).isEmpty();
      assertThat(firings.last(Instant.now())).isEmpty();
    }
  }
}
