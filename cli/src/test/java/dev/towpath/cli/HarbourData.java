package dev.towpath.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Random;

/** Writes the files that the dbt project {@code harbour} reads: the same rows for the same seed. */
final class HarbourData {
  private static final String[] KINDS = {"cargo", "tanker", "ferry"};
  private static final String[] STATUSES = {"LEFT", "Left", "berthed", "planned"};
  private static final String[] CURRENCIES = {"EUR", "NOK", "GBP"};
  private static final int SHIPS = 60;
  private static final int CALLS = 4_000;

  private HarbourData() {}

  static void write(Path data, long seed) throws IOException {
    Random random = new Random(seed);
    Files.createDirectories(data.resolve("money"));
    StringBuilder ships = new StringBuilder("imo,name,flag,kind,tons\n");
    for (int i = 0; i < SHIPS; i++) {
      ships.append(
          "%d,\"Ship, %d\",%s,%s,%d\n"
              .formatted(
                  9_000_000 + i,
                  i,
                  i % 7 == 0 ? "" : "NO",
                  KINDS[random.nextInt(KINDS.length)],
                  100 + random.nextInt(40_000)));
    }
    Files.writeString(data.resolve("ships.csv"), ships);
    StringBuilder calls = new StringBuilder("call_id,imo,berth_id,arrived_at,left_at,status\n");
    StringBuilder invoices = new StringBuilder("invoice_id|call_id|currency|amount|issued_at\n");
    int invoice = 0;
    for (int i = 1; i <= CALLS; i++) {
      LocalDateTime arrived =
          LocalDateTime.of(2024, 12, 20, 0, 0).plusMinutes(random.nextInt(70 * 24 * 60));
      String left = i % 11 == 0 ? "" : text(arrived.plusMinutes(random.nextInt(3_000)));
      calls.append(
          "%d,%d,%d,%s,%s,%s\n"
              .formatted(
                  i,
                  9_000_000 + random.nextInt(SHIPS),
                  1 + random.nextInt(5),
                  text(arrived),
                  left,
                  STATUSES[random.nextInt(STATUSES.length)]));
      for (int k = random.nextInt(3); k > 0; k--) {
        invoices.append(
            "%d|%d|%s|%d.%02d|%s\n"
                .formatted(
                    ++invoice,
                    i,
                    CURRENCIES[random.nextInt(CURRENCIES.length)],
                    random.nextInt(20_000) - 50,
                    random.nextInt(100),
                    text(arrived.plusDays(random.nextInt(40)))));
      }
    }
    Files.writeString(data.resolve("calls.csv"), calls);
    Files.writeString(data.resolve("money/invoices.txt"), invoices);
  }

  private static String text(LocalDateTime time) {
    return time.toString().replace('T', ' ') + ":00";
  }
}
