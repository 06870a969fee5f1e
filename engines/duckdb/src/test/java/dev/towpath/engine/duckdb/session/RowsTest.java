package dev.towpath.engine.duckdb.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Extract;
import dev.towpath.spi.Field;
import dev.towpath.spi.RowReader;
import dev.towpath.spi.Schema;
import dev.towpath.spi.TowpathException;
import dev.towpath.spi.WriteResult;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows that readers hand over. */
class RowsTest {
  @TempDir Path root;
  Session session;
  final AtomicInteger closed = new AtomicInteger();

  @BeforeEach
  void open() {
    session = new Session(root);
  }

  @AfterEach
  void close() {
    session.close();
  }

  /** Hands over rows; the array is used again, as readers may. */
  private Supplier<RowReader> part(Object[]... rows) {
    return () ->
        new RowReader() {
          private final Object[] row = new Object[rows.length == 0 ? 0 : rows[0].length];
          private int next;

          @Override
          public Object[] next() {
            if (next == rows.length) {
              return null;
            }
            System.arraycopy(rows[next++], 0, row, 0, row.length);
            return row;
          }

          @Override
          public void close() {
            closed.incrementAndGet();
          }
        };
  }

  private WriteResult write(Schema schema, List<Supplier<RowReader>> parts) {
    List<Field> fields = Session.fields(schema);
    WriteResult result = session.write(new Extract.Rows(schema, parts), fields);
    session.expose("a.t", fields, result.files());
    return result;
  }

  @Test
  void everyKindOfValue() {
    Schema schema =
        Schema.of(
            "b",
            "boolean",
            "i",
            "tinyint",
            "l",
            "bigint",
            "h",
            "hugeint",
            "u",
            "ubigint",
            "f",
            "float",
            "d",
            "double",
            "m",
            "decimal(30,2)",
            "s",
            "varchar",
            "j",
            "json",
            "y",
            "blob",
            "dt",
            "date",
            "ts",
            "timestamp",
            "tm",
            "timestamp_ms",
            "z",
            "timestamptz",
            "t",
            "time",
            "id",
            "uuid",
            "e",
            "enum('x', 'y')",
            "li",
            "integer[]");
    Object[] row = {
      true,
      5L,
      Long.MIN_VALUE,
      new BigInteger("-99999999999999999999999999999999999999"),
      new BigInteger("18446744073709551615"),
      1.5,
      -0.25,
      new BigDecimal("1234567890123456789012345678.90"),
      "\u00fc'\n\u0001",
      "{\"a\": [1]}",
      new byte[] {0, -1},
      LocalDate.of(1, 1, 1),
      LocalDateTime.of(2013, 1, 1, 1, 2, 3, 456789000),
      LocalDateTime.of(2013, 1, 1, 1, 2, 3, 456000000),
      OffsetDateTime.parse("2013-01-01T01:00:00+01:00"),
      "01:02:03.5",
      "00000000-0000-0000-0000-000000000001",
      "y",
      "[1, NULL]"
    };
    write(schema, List.of(part(row, new Object[row.length]), part()));
    assertThat(session.engine.describe(dev.towpath.spi.Statement.of("FROM a.t"))).isEqualTo(schema);
    assertThat(session.rows("SELECT * EXCLUDE y, hex(y) FROM a.t ORDER BY l"))
        .containsExactly(
            List.of(
                "true",
                "5",
                "-9223372036854775808",
                "-99999999999999999999999999999999999999",
                "18446744073709551615",
                "1.5",
                "-0.25",
                "1234567890123456789012345678.90",
                "\u00fc'\n\u0001",
                "{\"a\": [1]}",
                "0001-01-01",
                "2013-01-01T01:02:03.456789",
                "2013-01-01T01:02:03.456",
                "2013-01-01T00:00Z",
                "01:02:03.500",
                "00000000-0000-0000-0000-000000000001",
                "y",
                "[1, null]",
                "00FF"),
            java.util.Collections.nCopies(row.length, "null"));
    assertThat(closed).hasValue(2);
  }

  @Test
  void manyParts() {
    List<Supplier<RowReader>> parts = new ArrayList<>();
    for (int p = 0; p < 7; p++) {
      Object[][] rows = new Object[5000][];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = new Object[] {(long) i, "part " + p};
      }
      parts.add(part(rows));
    }
    WriteResult result = write(Schema.of("n", "integer", "p", "varchar"), parts);
    assertThat(result.files().stream().mapToLong(f -> f.rows()).sum()).isEqualTo(35_000);
    assertThat(session.rows("SELECT p, count(*), sum(n) FROM a.t GROUP BY p"))
        .hasSize(7)
        .allSatisfy(r -> assertThat(r.subList(1, 3)).containsExactly("5000", "12497500"));
    assertThat(write(Schema.of("n", "integer"), List.of()).files()).isEmpty();
    assertThat(session.rows("SELECT count(*) FROM duckdb_tables()")).containsExactly(List.of("0"));
  }

  @Test
  void aValueOfAnotherType() {
    assertThatExceptionOfType(TowpathException.class)
        .isThrownBy(() -> write(Schema.of("n", "integer"), List.of(part(new Object[] {"abc"}))))
        .withMessage("column \"n\": the value abc is not of type INTEGER");
    assertThatExceptionOfType(TowpathException.class)
        .isThrownBy(() -> write(Schema.of("n", "tinyint"), List.of(part(new Object[] {128L}))))
        .withMessageContaining("128");
    assertThat(closed).hasValue(2);
    assertThat(session.rows("SELECT count(*) FROM duckdb_tables()")).containsExactly(List.of("0"));
  }

  @Test
  void aReaderThatFails() {
    TowpathException lost = new TowpathException("the connection is lost");
    Supplier<RowReader> failing =
        () -> {
          throw lost;
        };
    assertThatExceptionOfType(TowpathException.class)
        .isThrownBy(
            () -> write(Schema.of("n", "integer"), List.of(part(new Object[] {1L}), failing)))
        .isSameAs(lost);
    assertThat(root.resolve("data/0")).isEmptyDirectory();
  }

  @Test
  void aReaderThatWaitsIsInterrupted() throws Exception {
    CountDownLatch waiting = new CountDownLatch(1);
    Supplier<RowReader> stuck =
        () ->
            new RowReader() {
              @Override
              public Object[] next() {
                waiting.countDown();
                try {
                  Thread.sleep(600_000);
                } catch (InterruptedException e) {
                  throw new TowpathException("interrupted", null, e);
                }
                return null;
              }

              @Override
              public void close() {
                closed.incrementAndGet();
              }
            };
    Thread caller = Thread.currentThread();
    Thread.startVirtualThread(() -> {
      try {
        waiting.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      caller.interrupt();
    });
    assertThatExceptionOfType(CancelledException.class)
        .isThrownBy(() -> write(Schema.of("n", "integer"), List.of(stuck)));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(closed).hasValue(1);
  }
}
