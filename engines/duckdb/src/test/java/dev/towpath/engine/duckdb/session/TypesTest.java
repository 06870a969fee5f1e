package dev.towpath.engine.duckdb.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.towpath.spi.Field;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TableFiles;
import dev.towpath.spi.TowpathException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every type goes into the lake and comes out as it was. */
class TypesTest {
  @TempDir Path root;
  Session session;

  @BeforeEach
  void open() {
    session = new Session(root);
  }

  @AfterEach
  void close() {
    session.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          BOOLEAN | true | false
          TINYINT | -128 | 127
          SMALLINT | -32768 | 32767
          INTEGER | -2147483648 | 2147483647
          BIGINT | -9223372036854775808 | 9223372036854775807
          HUGEINT | -99999999999999999999999999999999999999 | 99999999999999999999999999999999999999
          UTINYINT | 0 | 255
          USMALLINT | 0 | 65535
          UINTEGER | 0 | 4294967295
          UBIGINT | 0 | 18446744073709551615
          UHUGEINT | 0 | 99999999999999999999999999999999999999
          FLOAT | -1.5 | inf
          FLOAT | nan | 3.4028235e38
          DOUBLE | -0.1 | nan
          DOUBLE | -inf | 1e300
          DECIMAL(4,2) | -99.99 | 99.99
          DECIMAL(9,0) | -1 | 999999999
          DECIMAL(18,3) | -0.001 | 0.001
          DECIMAL(38,10) | -1234567890123456789012345678.0123456789 | 0
          VARCHAR | a'b"c | \u00fcn\u00efcode \ud83d\ude00
          BLOB | \\x00\\xFF | abc
          DATE | 0001-01-01 | 9999-12-31
          DATE | 0044-03-15 (BC) | 1970-01-01
          TIME | 00:00:00 | 23:59:59.999999
          TIME_NS | 00:00:00 | 23:59:59.999999
          TIMESTAMP | 0001-01-01 00:00:00 | 9999-12-31 23:59:59.999999
          TIMESTAMP_S | 1969-12-31 23:59:59 | 2013-01-01 00:00:00
          TIMESTAMP_MS | 1969-12-31 23:59:59.999 | 2013-01-01 00:00:00.001
          TIMESTAMP_NS | 1969-12-31 23:59:59.999999 | 2013-01-01 00:00:00.000001
          TIMESTAMP WITH TIME ZONE | 2013-01-01 00:00:00+02 | 1969-12-31 23:59:59.999999+00
          UUID | 00000000-0000-0000-0000-000000000000 | ffffffff-ffff-ffff-ffff-ffffffffffff
          JSON | {"b": 1, "a": [null]} | "x"
          BIT | 010101 | 1
          ENUM('x', 'it''s') | x | it's
          INTEGER[] | [] | [1, NULL, -3]
          TINYINT[] | [-128] | NULL
          VARCHAR[][] | [['a', NULL], [], NULL] | [['b']]
          SMALLINT[3] | [1, NULL, 3] | [4, 5, 6]
          UBIGINT[2] | [1, 18446744073709551615] | NULL
          STRUCT("a b" TINYINT, "c" VARCHAR) | {'a b': 1, 'c': x} | {'a b': NULL, 'c': NULL}
          STRUCT("l" HUGEINT[], "s" STRUCT("x" UUID)) | {'l': [1], 's': {'x': 00000000-0000-0000-0000-000000000001}} | NULL
          STRUCT("l" STRUCT("e" ENUM('p', 'q'), "t" TIMESTAMP_S)[]) | {'l': [{'e': p, 't': 2013-01-01 00:00:00}, NULL]} | {'l': []}
          STRUCT("n" TIMESTAMP_NS, "o" TIME_NS[]) | {'n': 2013-01-01 00:00:00.000001, 'o': [01:02:03, NULL]} | NULL
          TIMESTAMP_NS[2] | [2013-01-01 00:00:00, NULL] | NULL
          MAP(VARCHAR, INTEGER) | {a=1, b=NULL} | {}
          MAP(UTINYINT, JSON[]) | {1=[1]} | NULL
          MAP(VARCHAR, TIMESTAMP_NS) | {a=2013-01-01 00:00:00} | NULL
          """)
  void comesBack(String type, String one, String two) {
    String sql =
        "SELECT CAST(v AS %s) AS v, i FROM (VALUES (%s::VARCHAR, 1), (%s, 2), (NULL, 3)) t(v, i)"
            .formatted(type, text(one), text(two));
    TableFiles table = session.table(sql);
    session.expose("s.t", table.fields(), table.files());
    assertThat(table.fields().getFirst().type().sql()).isEqualTo(type);
    assertThat(session.engine.describe(Statement.of("FROM s.t")))
        .isEqualTo(session.engine.describe(Statement.of(sql)));
    assertThat(session.rows("SELECT v::VARCHAR, typeof(v) FROM s.t ORDER BY i"))
        .isEqualTo(session.rows("SELECT v::VARCHAR, typeof(v) FROM (" + sql + ") ORDER BY i"))
        .hasSize(3);
    session.rows("FROM s.t"); // every value can be handed over
  }

  private static String text(String value) {
    return value.equals("NULL") ? "NULL" : "'" + value.replace("'", "''") + "'";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          CAST('infinity' AS DATE) | column "v" holds infinity, which the lake cannot hold
          CAST('-infinity' AS TIMESTAMP) | column "v" holds -infinity, which the lake cannot hold
          [CAST('infinity' AS TIMESTAMPTZ)] | column "v" holds infinity, which the lake cannot hold
          170141183460469231731687303715884105727::HUGEINT | could not cast value 170141183460469231731687303715884105727 to DECIMAL(38,0) when casting from source column v
          TIMESTAMP_NS '2013-01-01 00:00:00.123456789' | column "v" has digits below a microsecond, which the lake cannot hold: 2013-01-01 00:00:00.123456789
          {'t': [TIME_NS '00:00:00.000000001']} | column "v" has digits below a microsecond, which the lake cannot hold: 00:00:00.000000001
          INTERVAL 1 DAY | column "v" is of type INTERVAL, which the lake cannot hold
          """)
  void doesNotFit(String expression, String message) throws Exception {
    String sql = "SELECT " + expression + " AS v";
    List<Field> fields = Session.fields(session.engine.describe(Statement.of(sql)));
    assertThatExceptionOfType(TowpathException.class)
        .isThrownBy(() -> session.write(sql, fields))
        .withMessage(message);
    try (var left = Files.walk(root.resolve("data"))) {
      assertThat(left.filter(Files::isRegularFile)).isEmpty();
    }
  }

  @Test
  void sumsOfIntegersStayExact() {
    TableFiles table = session.table("SELECT sum(9223372036854775807) AS v FROM range(10)");
    session.expose("s.t", table.fields(), table.files());
    assertThat(session.rows("SELECT v FROM s.t")).containsExactly(List.of("92233720368547758070"));
  }
}
