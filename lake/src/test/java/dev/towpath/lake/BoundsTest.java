package dev.towpath.lake;

import static org.apache.iceberg.expressions.Expressions.equal;
import static org.apache.iceberg.expressions.Expressions.isNull;
import static org.apache.iceberg.expressions.Expressions.notNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.spi.DataFile;
import dev.towpath.spi.DataFile.Stats;
import dev.towpath.spi.Lake.Draft;
import dev.towpath.spi.PartitionField;
import dev.towpath.spi.PartitionField.Transform;
import dev.towpath.spi.Schema;
import dev.towpath.spi.TableName;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expression;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Iceberg's own library makes of our statistics and partitions when it plans a scan. */
class BoundsTest {
  @TempDir Path root;
  private LocalObjectStore objects;
  private IcebergLake lake;

  @BeforeEach
  void open() {
    objects = new LocalObjectStore(root);
    lake = new IcebergLake(objects);
  }

  private String commit(String type, Stats stats) {
    Draft draft =
        lake.draft(
            TableName.parse("a.b"), Optional.empty(), Schema.of("c", type), List.of(), Map.of());
    int id = draft.fields().getFirst().id();
    DataFile file =
        TestFiles.file(objects, draft, "f", stats.values(), Map.of(id, stats), Map.of());
    String metadataFile = lake.commit(draft, List.of(file), Set.of(), Map.of());
    assertThat(lake.files(metadataFile)).isEqualTo(new IcebergLake(objects).files(metadataFile));
    return metadataFile;
  }

  private boolean reads(String metadataFile, Expression filter) {
    return !Oracle.scan(Oracle.table(objects, metadataFile), filter).isEmpty();
  }

  private static Stats stats(String min, String max) {
    return new Stats(10, 1, false, Optional.of(min), Optional.of(max), 99);
  }

  /** A value as Iceberg's expressions take it. */
  private static Object literal(String type, String text) {
    return switch (type) {
      case "TINYINT", "INTEGER" -> Integer.parseInt(text);
      case "BIGINT", "UINTEGER" -> Long.parseLong(text);
      case "HUGEINT", "DECIMAL(9,2)" -> new BigDecimal(text);
      case "FLOAT" -> Float.parseFloat(text);
      case "DOUBLE" -> Double.parseDouble(text);
      case "TIMESTAMP" -> text.replace(' ', 'T');
      case "TIMESTAMP WITH TIME ZONE" -> text.replace(' ', 'T') + ":00";
      default -> text;
    };
  }

  @ParameterizedTest
  @CsvSource({
    "TINYINT,-5,0,5,-6,6",
    "INTEGER,-2147483648,0,2147483646,2147483647,2147483647",
    "BIGINT,-9000000000,0,9000000000,-9000000001,9000000001",
    "UINTEGER,1,2,4294967295,0,4294967296",
    "HUGEINT,-99999999999999999999,0,99999999999999999999,-100000000000000000000,100000000000000000000",
    "'DECIMAL(9,2)',-1.50,0.00,12345.67,-1.51,12345.68",
    "FLOAT,-1.5,0.25,1.5,-1.75,1.75",
    "DOUBLE,-1e+20,0.1,1e+20,-1.1e+20,1.1e+20",
    "VARCHAR,b,mm,ü,a,日",
    "JSON,'\"b\"','\"c\"','\"d\"','\"a\"','\"e\"'",
    "DATE,1969-12-31,2000-02-29,9999-12-31,1969-12-30,0001-01-01",
    "TIME,00:00:01,12:00:00.5,23:59:59,00:00:00.999999,23:59:59.000001",
    "TIMESTAMP,1969-12-31 23:59:59.999999,1970-01-01 00:00:00,2038-01-19 03:14:08,1969-12-31 23:59:59.999998,2038-01-19 03:14:08.000001",
    "TIMESTAMP WITH TIME ZONE,1969-12-31 23:59:59+00,1970-01-01 00:00:00+00,2038-01-19 03:14:08+00,1969-12-31 23:59:58+00,2038-01-19 03:14:09+00",
    "UUID,10000000-0000-0000-0000-000000000000,20000000-0000-0000-0000-000000000000,30000000-0000-0000-0000-000000000000,00000000-0000-0000-0000-000000000001,40000000-0000-0000-0000-000000000000"
  })
  void pruneExactly(
      String type, String min, String inside, String max, String below, String above) {
    String table = commit(type, stats(min, max));
    for (String text : List.of(min, inside, max)) {
      assertThat(reads(table, equal("c", literal(type, text)))).as(text).isTrue();
    }
    for (String text : List.of(below, above)) {
      assertThat(reads(table, equal("c", literal(type, text)))).as(text).isFalse();
    }
    assertThat(reads(table, isNull("c"))).isTrue();
    assertThat(reads(table, notNull("c"))).isTrue();
    Stats seen = lake.files(table).files().getFirst().stats().values().iterator().next();
    assertThat(seen).isEqualTo(stats(min, max));
  }

  @Test
  void knowWhereNoNullIs() {
    String none = commit("INTEGER", new Stats(10, 0, false, Optional.of("1"), Optional.of("2"), 9));
    assertThat(reads(none, isNull("c"))).isFalse();
    String all = commit("INTEGER", new Stats(10, 10, false, Optional.empty(), Optional.empty(), 9));
    assertThat(reads(all, notNull("c"))).isFalse();
    assertThat(reads(all, isNull("c"))).isTrue();
  }

  @Test
  void areLeftOutForNansInfinitiesAndWhatIsNoValue() {
    for (Stats stats :
        List.of(
            new Stats(10, 0, true, Optional.of("1.0"), Optional.of("2.0"), 9),
            new Stats(10, 0, false, Optional.of("what"), Optional.of(""), 9))) {
      String table = commit("DOUBLE", stats);
      assertThat(reads(table, equal("c", 77.0))).isTrue();
    }
    String dates = commit("DATE", stats("-infinity", "infinity"));
    assertThat(reads(dates, equal("c", "2000-01-01"))).isTrue();
  }

  @Test
  void holdBothZeros() {
    String table = commit("DOUBLE", stats("0.0", "0.0"));
    assertThat(reads(table, equal("c", 0.0))).isTrue();
    assertThat(reads(table, equal("c", -0.0))).isTrue();
    assertThat(reads(table, equal("c", 1e-300))).isFalse();
  }

  @Test
  void ofLongTextsEncloseThem() {
    String head = "é".repeat(63);
    String table = commit("VARCHAR", stats(head + "bcd", head + "\uD83D\uDE00z"));
    assertThat(reads(table, equal("c", head + "bcd"))).isTrue();
    assertThat(reads(table, equal("c", head + "\uD83D\uDE00z"))).isTrue();
    assertThat(reads(table, equal("c", head + "a"))).isFalse();
    assertThat(reads(table, equal("c", head + "\uD83D\uDE01z"))).isFalse();
    String last = new String(Character.toChars(Character.MAX_CODE_POINT));
    String top = commit("VARCHAR", stats("a", last.repeat(70)));
    assertThat(reads(top, equal("c", last.repeat(80)))).isTrue();
    String surrogates = commit("VARCHAR", stats("a", "\uD7FF".repeat(65)));
    assertThat(reads(surrogates, equal("c", "\uD7FF".repeat(65)))).isTrue();
    assertThat(reads(surrogates, equal("c", "\uE001"))).isFalse();
  }

  @Test
  void surviveAWiderType() {
    Stats stats = stats("-7", "7");
    String narrow = commit("INTEGER", stats);
    Draft draft =
        lake.draft(
            TableName.parse("a.b"),
            Optional.of(narrow),
            Schema.of("c", "BIGINT"),
            List.of(),
            Map.of());
    String wide = lake.commit(draft, List.of(), Set.of(), Map.of());
    assertThat(reads(wide, equal("c", 7L))).isTrue();
    assertThat(reads(wide, equal("c", 8L))).isFalse();
    assertThat(lake.files(wide).files().getFirst().stats()).containsValue(stats);
  }

  @ParameterizedTest
  @CsvSource({
    "TIMESTAMP,YEAR,1969,1969-05-05T00:00:00,1970-05-05T00:00:00",
    "TIMESTAMP,MONTH,1969-12,1969-12-31T23:00:00,1970-01-01T00:00:00",
    "TIMESTAMP,DAY,2013-02-28,2013-02-28T23:59:59,2013-03-01T00:00:00",
    "TIMESTAMP,HOUR,1969-12-31-23,1969-12-31T23:30:00,1970-01-01T00:00:00",
    "DATE,MONTH,2013-02,2013-02-28,2013-03-01",
    "DATE,IDENTITY,2013-02-01,2013-02-01,2013-02-02",
    "VARCHAR,IDENTITY,a/b=c,a/b=c,a",
    "UUID,IDENTITY,10000000-0000-0000-0000-000000000000,10000000-0000-0000-0000-000000000000,20000000-0000-0000-0000-000000000000",
    "'DECIMAL(9,2)',IDENTITY,-1.50,-1.50,1.50",
    "DOUBLE,IDENTITY,1.5,1.5,2.5",
    "TIME,IDENTITY,12:00:00.5,12:00:00.5,12:00:00.6",
    "BOOLEAN,IDENTITY,true,true,false"
  })
  void partitionsPrune(String type, Transform transform, String value, String in, String out) {
    PartitionField by = new PartitionField("c d", transform);
    Draft draft =
        lake.draft(
            TableName.parse("a.b"),
            Optional.empty(),
            Schema.of("c d", type, "e", "DECIMAL(9,2)"),
            List.of(by, new PartitionField("e", Transform.IDENTITY)),
            Map.of());
    Map<String, Optional<String>> partition =
        Map.of(by.name(), Optional.of(value), "e", Optional.of("-7.00"));
    DataFile file = TestFiles.file(objects, draft, "f", 10, Map.of(), partition);
    String metadataFile = lake.commit(draft, List.of(file), Set.of(), Map.of());
    Table table = Oracle.table(objects, metadataFile);
    boolean number = type.equals("DOUBLE");
    boolean flag = type.equals("BOOLEAN");
    Object inside = number ? Double.valueOf(in) : flag ? Boolean.valueOf(in) : in;
    Object outside = number ? Double.valueOf(out) : flag ? Boolean.valueOf(out) : out;
    assertThat(Oracle.scan(table, equal("c d", inside))).hasSize(1);
    assertThat(Oracle.scan(table, equal("c d", outside))).isEmpty();
    assertThat(new IcebergLake(objects).files(metadataFile).files()).containsExactly(file);
  }

  @Test
  void aPartMayHaveTheNameOfAColumn() {
    PartitionField by = new PartitionField("c", Transform.MONTH);
    Draft draft =
        lake.draft(
            TableName.parse("a.b"),
            Optional.empty(),
            Schema.of("c", "DATE", "c_month", "INTEGER"),
            List.of(by),
            Map.of());
    DataFile file =
        TestFiles.file(objects, draft, "f", 1, Map.of(), Map.of("c_month", Optional.of("2013-02")));
    String metadataFile = lake.commit(draft, List.of(file), Set.of(), Map.of());
    Table table = Oracle.table(objects, metadataFile);
    assertThat(Oracle.scan(table, equal("c", "2013-02-05"))).hasSize(1);
    assertThat(Oracle.scan(table, equal("c", "2013-03-05"))).isEmpty();
    assertThat(new IcebergLake(objects).files(metadataFile).files()).containsExactly(file);
  }
}
