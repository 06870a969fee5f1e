package dev.towpath.lake;

import dev.towpath.spi.DataFile.Stats;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Field;
import dev.towpath.spi.StoredType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/** Seeded values and statistics as DuckDB prints them. */
final class RandomValues {
  private final Random random;

  RandomValues(Random random) {
    this.random = random;
  }

  /** A value as text, for a stored type. */
  String text(DataType stored) {
    if (stored instanceof DataType.Decimal decimal) {
      return new BigDecimal(new BigInteger(random.nextInt(2, 20), random), decimal.scale())
          .multiply(BigDecimal.valueOf(random.nextBoolean() ? 1 : -1))
          .toPlainString();
    }
    return switch (stored.sql()) {
      case "BOOLEAN" -> String.valueOf(random.nextBoolean());
      case "INTEGER" -> String.valueOf(random.nextInt());
      case "BIGINT" -> String.valueOf(random.nextLong());
      case "FLOAT", "DOUBLE" ->
          List.of("0.0", "1.5", "-2.25", "1e+20", "1.5e-07", "123456.0", "inf", "-inf")
              .get(random.nextInt(8));
      case "DATE" -> date();
      case "TIME" -> time();
      case "TIMESTAMP" -> date() + " " + time();
      case "TIMESTAMP WITH TIME ZONE" -> date() + " " + time() + "+00";
      case "UUID" -> new UUID(random.nextLong(), random.nextLong()).toString();
      default ->
          List.of("", "a", "zz", "Ünïcödé", "日本語", "'quoted'", "a/b=c").get(random.nextInt(7));
    };
  }

  private String date() {
    return LocalDate.ofEpochDay(random.nextInt(-400_000, 400_000)).toString();
  }

  private String time() {
    return List.of("00:00:00", "23:59:59.999999", "12:30:00.5", "01:02:03").get(random.nextInt(4));
  }

  /** Statistics of some of the leaves. */
  Map<Integer, Stats> stats(List<Field> fields, long rows) {
    Map<Integer, Stats> stats = new HashMap<>();
    collect(fields, rows, true, stats);
    return stats;
  }

  private void collect(List<Field> fields, long rows, boolean bounded, Map<Integer, Stats> stats) {
    for (Field field : fields) {
      DataType stored = StoredType.of(field.type());
      if (field.children().isEmpty() && random.nextInt(5) > 0) {
        stats.put(field.id(), stats(stored, rows, bounded && !stored.sql().equals("BLOB")));
      }
      collect(field.children(), rows, bounded && field.type() instanceof DataType.Struct, stats);
    }
  }

  private Stats stats(DataType stored, long rows, boolean bounded) {
    long nulls = random.nextLong(rows + 1);
    boolean floating = stored.sql().equals("FLOAT") || stored.sql().equals("DOUBLE");
    boolean nans = floating && random.nextInt(4) == 0;
    boolean some = bounded && !nans && nulls < rows;
    return new Stats(
        rows,
        nulls,
        nans,
        some ? Optional.of(text(stored)) : Optional.empty(),
        some ? Optional.of(text(stored)) : Optional.empty(),
        random.nextInt(10_000));
  }
}
