package dev.towpath.metadata;

import dev.towpath.core.interval.Intervals;
import dev.towpath.core.store.Publication;
import dev.towpath.core.store.Release;
import dev.towpath.core.store.RunRecord;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Field;
import dev.towpath.spi.TableName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Values that several tests use. */
final class Fixtures {
  static final Instant NOW = Instant.parse("2026-03-01T12:00:00.123456789Z");

  private Fixtures() {}

  static TableState state(String id, String table) {
    return state(id, table, "fp-" + id);
  }

  static TableState state(String id, String table, String fingerprint) {
    return new TableState(
        id,
        id,
        TableName.parse(table),
        "table",
        Optional.of("tables/" + table + "/metadata/" + id + ".json"),
        List.of(new Field(1, "day", DataType.parse("date"), List.of())),
        10,
        1000,
        fingerprint,
        "SELECT DATE '2026-01-01' AS day",
        Map.of(),
        Intervals.NONE,
        Optional.empty(),
        NOW,
        new TableState.Provenance("r", Optional.empty(), "hash", "duckdb 2", "0.1"),
        Optional.empty(),
        TableState.Change.ALL);
  }

  static TableState state(
      String id,
      String version,
      TableName table,
      Optional<String> metadataFile,
      Optional<String> source,
      String fingerprint) {
    TableState plain = state(id, table.toString(), fingerprint);
    return new TableState(
        id,
        version,
        table,
        "table",
        metadataFile,
        plain.fields(),
        plain.rows(),
        plain.bytes(),
        fingerprint,
        plain.definition(),
        plain.inputs(),
        plain.built(),
        source,
        plain.logicalTime(),
        plain.provenance(),
        plain.parent(),
        plain.change());
  }

  /** A state that uses everything a state can have. */
  static TableState rich() {
    Field key = new Field(4, "key", DataType.parse("varchar"), List.of());
    Field value = new Field(5, "value", DataType.parse("decimal(18,2)[]"), List.of());
    return new TableState(
        "s1",
        "v0",
        new TableName("märts", "Daily \"x\""),
        "incremental",
        Optional.of("tables/daily/metadata/1.json"),
        List.of(
            new Field(1, "day", DataType.parse("date"), List.of()),
            new Field(
                3,
                "m",
                new DataType.MapOf(
                    Column.of("k", "varchar").type(), DataType.parse("decimal(18,2)[]")),
                List.of(key, value))),
        123456789012L,
        987654321098L,
        "fingerprint",
        "SELECT '\u2603', 'a\nb' -- \ud83d\ude00",
        Map.of(new TableName("a.b", "c"), "v7", new TableName("a", "c"), "v8"),
        Intervals.of(Instant.MIN, NOW).union(Intervals.of(NOW.plusSeconds(9), Instant.MAX)),
        Optional.of("sources/raw/7.json"),
        NOW,
        new TableState.Provenance("run-1", Optional.of("abc+"), "hash", "duckdb 2.0", "0.1"),
        Optional.of("s0"),
        new TableState.Change(Optional.of("day"), Intervals.of(NOW, NOW.plusSeconds(60))));
  }

  static RunRecord run(String id, String environment) {
    return new RunRecord(
        id,
        environment,
        RunRecord.State.RUNNING,
        NOW,
        Optional.empty(),
        NOW,
        List.of("+marts.daily", "tag:\"x\""),
        Optional.empty(),
        Optional.empty());
  }

  static Publication publication(String environment, long base, TableState... writes) {
    return new Publication(
        environment,
        base,
        Release.Kind.RUN,
        List.of(writes),
        Set.of(),
        OptionalLong.empty(),
        Optional.empty(),
        Optional.empty(),
        "",
        NOW);
  }

  static Publication by(String run, Publication p) {
    return new Publication(
        p.environment(),
        p.base(),
        p.kind(),
        p.writes(),
        p.removes(),
        p.restores(),
        p.origin(),
        Optional.of(run),
        p.note(),
        p.now());
  }

  static Publication removing(Publication p, TableName... tables) {
    return new Publication(
        p.environment(),
        p.base(),
        p.kind(),
        p.writes(),
        Set.of(tables),
        p.restores(),
        p.origin(),
        p.run(),
        p.note(),
        p.now());
  }
}
