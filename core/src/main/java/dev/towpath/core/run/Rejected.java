package dev.towpath.core.run;

import dev.towpath.core.graph.Asset;
import dev.towpath.core.graph.Hash;
import dev.towpath.core.interval.Intervals;
import dev.towpath.core.plan.SourceTables;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.Extract;
import dev.towpath.spi.Lake;
import dev.towpath.spi.Monitor;
import dev.towpath.spi.Relation;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SourceReader;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TableName;
import dev.towpath.spi.WriteRequest;
import dev.towpath.spi.WriteResult;
import dev.towpath.spi.WriteResult.RejectedRow;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keeps the rows that a source's table set aside, in a table beside it. */
final class Rejected {
  private static final Schema COLUMNS =
      Schema.of(
          "file", "VARCHAR", "line", "BIGINT", "column", "VARCHAR", "text", "VARCHAR", "reason",
          "VARCHAR", "run", "VARCHAR");

  private final RunContext context;
  private final Staging staging;

  Rejected(RunContext context, Staging staging) {
    this.context = context;
    this.staging = staging;
  }

  /**
   * The companion of a source's table after a reading.
   *
   * @param effect whether rows of earlier readings stay, and may come again
   */
  List<TableState> states(
      Asset asset, WriteResult written, SourceReader.Effect effect, Staging.Extra extra) {
    TableName name = SourceTables.rejected(asset.name());
    Optional<TableState> current = context.states().now(name);
    boolean appends = effect != SourceReader.Effect.REPLACE;
    List<RejectedRow> fresh =
        effect == SourceReader.Effect.UPSERT && current.isPresent()
            ? withoutKnown(written.rejected(), current.get())
            : written.rejected();
    if (fresh.isEmpty() && (appends || current.map(TableState::rows).orElse(0L) == 0)) {
      return List.of(); // there is nothing to add, or nothing to take away
    }
    String run = context.provenance().run();
    List<List<@Nullable String>> rows = new ArrayList<>();
    for (RejectedRow row : fresh) {
      List<@Nullable String> values = new ArrayList<>();
      values.add(row.file());
      values.add(Long.toString(row.line()));
      values.add(row.column());
      values.add(row.text());
      values.add(row.reason());
      values.add(run);
      rows.add(values);
    }
    TableName inline = staging.expose(new Relation.Inline(COLUMNS, rows));
    Lake.Draft draft =
        context
            .lake()
            .draft(name, current.flatMap(TableState::metadataFile), COLUMNS, List.of(), Map.of());
    WriteResult files =
        context
            .session()
            .write(
                new WriteRequest(
                    new Extract.Query(Statement.of("SELECT * FROM " + inline.quoted())),
                    draft.fields(),
                    Staging.part(draft),
                    List.of(),
                    List.of(),
                    Optional.empty()),
                Monitor.NONE);
    Set<String> removed = new HashSet<>();
    if (!appends) {
      current
          .flatMap(TableState::metadataFile)
          .map(context.lake()::files)
          .ifPresent(f -> f.files().forEach(d -> removed.add(d.path())));
    }
    String metadata =
        context.lake().commit(draft, files.files(), removed, Map.of("towpath.run", run));
    Asset companion =
        new Asset(
            name,
            asset.definition(),
            asset.file(),
            COLUMNS,
            List.of(),
            Hash.of("rejected", asset.fingerprint()),
            List.of(),
            List.of(),
            "rows of " + asset.name() + " that were set aside");
    return List.of(
        staging.state(
            companion,
            current,
            metadata,
            context.lake().files(metadata),
            new Staging.Extra(Map.of(), Intervals.NONE, Optional.empty(), extra.logicalTime()),
            TableState.Change.ALL));
  }

  /** An API gives what has the last value of the cursor again, whatever became of it before. */
  private List<RejectedRow> withoutKnown(List<RejectedRow> rows, TableState current) {
    if (rows.isEmpty() || current.metadataFile().isEmpty()) {
      return rows;
    }
    TableName known =
        staging.expose(
            new Relation.Lake(context.lake().files(current.metadataFile().orElseThrow())));
    Set<List<@Nullable String>> there = new HashSet<>();
    context
        .session()
        .query(
            Statement.of("SELECT DISTINCT \"column\", \"text\", \"reason\" FROM " + known.quoted()),
            Integer.MAX_VALUE)
        .rows()
        .forEach(row -> there.add(row.stream().map(Rejected::text).toList()));
    return rows.stream()
        .filter(row -> !there.contains(List.of(row.column(), row.text(), row.reason())))
        .toList();
  }

  private static String text(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }
}
