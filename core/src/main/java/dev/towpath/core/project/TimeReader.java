package dev.towpath.core.project;

import dev.towpath.core.yaml.YamlMap;
import dev.towpath.core.yaml.YamlValue;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what makes a model incremental. */
final class TimeReader {
  static final Map<String, ChronoUnit> GRAINS =
      Map.of(
          "hour", ChronoUnit.HOURS,
          "day", ChronoUnit.DAYS,
          "week", ChronoUnit.WEEKS,
          "month", ChronoUnit.MONTHS,
          "year", ChronoUnit.YEARS);

  private static final List<String> KEYS =
      List.of("time", "grain", "timezone", "start", "lookback");
  private static final int MOST_LOOKBACK = 100_000;

  private TimeReader() {}

  /** The time of an incremental model; empty for the other kinds, or when it is missing (noted). */
  static Optional<Model.Time> read(YamlMap map, Model.Kind kind, ZoneId projectZone) {
    if (kind != Model.Kind.INCREMENTAL) {
      for (String key : KEYS) {
        if (map.has(key)) {
          map.value()
              .problems()
              .error(
                  map.at(key),
                  "\"" + key + "\" needs kind: incremental",
                  "add kind: incremental, or remove it");
        }
      }
      return Optional.empty();
    }
    Optional<String> column = map.text("time");
    if (!map.has("time")) {
      map.value()
          .problems()
          .error(
              map.at("kind"),
              "an incremental model needs \"time\"",
              "add time: and the column that holds each row's day or moment");
    }
    ChronoUnit grain = map.get("grain").flatMap(v -> v.asOneOf(GRAINS)).orElse(ChronoUnit.DAYS);
    ZoneId zone = map.get("timezone").flatMap(TimeReader::zone).orElse(projectZone);
    long lookback = map.get("lookback").flatMap(v -> v.asInteger(0, MOST_LOOKBACK)).orElse(0L);
    Optional<ZonedDateTime> start = map.get("start").flatMap(v -> start(v, zone, grain));
    return column.map(c -> new Model.Time(c, grain, zone, (int) lookback, start));
  }

  /** A timezone such as {@code Europe/Amsterdam}; noted when there is none of that name. */
  static Optional<ZoneId> zone(YamlValue value) {
    Optional<String> text = value.asText();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(ZoneId.of(text.get()).normalized());
    } catch (DateTimeException _) {
      value
          .problems()
          .error(
              value.location(),
              "\"" + text.get() + "\" is not a timezone",
              dev.towpath.spi.Names.nearest(text.get(), ZoneId.getAvailableZoneIds())
                  .map(n -> "did you mean \"" + n + "\"?")
                  .or(() -> Optional.of("write one such as Europe/Amsterdam, or UTC")));
      return Optional.empty();
    }
  }

  private static Optional<ZonedDateTime> start(YamlValue value, ZoneId zone, ChronoUnit grain) {
    Optional<String> text = value.asText();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      String iso = text.get().replace(' ', 'T');
      LocalDateTime local =
          iso.contains("T") ? LocalDateTime.parse(iso) : LocalDate.parse(iso).atStartOfDay();
      LocalDateTime floor = floor(local, grain);
      if (!floor.equals(local)) {
        value.error(
            "\"start\" is not the first moment of " + article(grain),
            "write "
                + (floor.toLocalTime().toSecondOfDay() == 0
                    ? floor.toLocalDate().toString()
                    : floor.toString()));
        return Optional.empty();
      }
      return Optional.of(local.atZone(zone));
    } catch (DateTimeException _) {
      value.error(
          "\"" + text.get() + "\" is not a date",
          "write a date such as 2013-01-01, or 2013-01-01T06:00");
      return Optional.empty();
    }
  }

  private static String article(ChronoUnit grain) {
    String unit = grain.toString().toLowerCase(java.util.Locale.ROOT);
    return (grain == ChronoUnit.HOURS ? "an " : "a ") + unit.substring(0, unit.length() - 1);
  }

  private static LocalDateTime floor(LocalDateTime time, ChronoUnit grain) {
    LocalDateTime day = time.truncatedTo(ChronoUnit.DAYS);
    return switch (grain) {
      case HOURS -> time.truncatedTo(ChronoUnit.HOURS);
      case WEEKS -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
      case MONTHS -> day.withDayOfMonth(1);
      case YEARS -> day.withDayOfYear(1);
      default -> day;
    };
  }
}
