package dev.towpath.core.run;

import dev.towpath.core.graph.Asset;
import dev.towpath.spi.EngineSession;
import dev.towpath.spi.Names;
import dev.towpath.spi.Problem;
import dev.towpath.spi.Rows;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What holds of rows that are replaced by key: each has one, and no two have the same. Whatever
 * looks at rows refuses those for which it does not hold, with examples.
 */
final class KeyRules {
  private final EngineSession session;
  private final Asset asset;
  private final List<String> key;

  KeyRules(EngineSession session, Asset asset, List<String> key) {
    this.session = session;
    this.asset = asset;
    this.key = key;
  }

  /**
   * Looks at the rows of a batch.
   *
   * @param columns the key, or the key and what else tells versions of one apart
   */
  void ofBatch(TableName rows, List<String> columns) {
    look(rows, columns, "", Optional.empty());
  }

  /** Looks at rows that stay from an earlier definition. */
  void ofOldRows(TableName rows) {
    look(rows, key, " among the rows that stay", Optional.of(anew()));
  }

  /** Looks at versions that stay from an earlier definition: no two of a key hold at one time. */
  void ofOldVersions(TableName rows) {
    String list = key.stream().map(Names::quote).collect(Collectors.joining(", "));
    String overlapping =
        "SELECT "
            + list
            + ", valid_from, valid_to FROM (SELECT *, lead(valid_from) OVER (PARTITION BY "
            + list
            + " ORDER BY valid_from, valid_to NULLS LAST) AS towpath_next FROM "
            + rows.quoted()
            + ") WHERE "
            + key.stream().map(c -> Names.quote(c) + " IS NULL").collect(Collectors.joining(" OR "))
            + " OR coalesce(towpath_next < valid_to, towpath_next IS NOT NULL AND valid_to IS NULL)";
    String texts =
        key.stream().map(c -> Names.quote(c) + "::VARCHAR").collect(Collectors.joining(", "));
    Rows found =
        session.query(
            Statement.of("SELECT DISTINCT " + texts + " FROM (" + overlapping + ") ORDER BY ALL"),
            3);
    if (!found.rows().isEmpty()) {
      throw wrong(
          "several histories among the rows that stay have the same key ("
              + String.join(", ", key)
              + "), or none: "
              + found.rows().stream().map(KeyRules::text).collect(Collectors.joining("; ")),
          anew());
    }
  }

  private String anew() {
    return "\"on_change: keep\" keeps rows that this key does not tell apart: use the key they had,"
        + " or forget them by run "
        + asset.name()
        + " --full";
  }

  /**
   * Looks at keys.
   *
   * @param where in words; empty in a batch
   * @param hint what to do about wrong ones; empty for what helps in a batch
   */
  private void look(TableName rows, List<String> columns, String where, Optional<String> hint) {
    String nulls =
        columns.stream().map(c -> Names.quote(c) + " IS NULL").collect(Collectors.joining(" OR "));
    String list = columns.stream().map(Names::quote).collect(Collectors.joining(", "));
    String texts =
        columns.stream().map(c -> Names.quote(c) + "::VARCHAR").collect(Collectors.joining(", "));
    String names = String.join(", ", columns);
    Rows missing =
        session.query(
            Statement.of(
                "SELECT "
                    + texts
                    + ", count(*) OVER () FROM "
                    + rows.quoted()
                    + " WHERE "
                    + nulls
                    + " ORDER BY "
                    + list),
            1);
    if (!missing.rows().isEmpty()) {
      List<?> first = missing.rows().getFirst();
      long count = Staging.number(first.getLast());
      throw wrong(
          count
              + (count == 1 ? " row" : " rows")
              + where
              + (count == 1 ? " has" : " have")
              + " NULL in the key ("
              + names
              + ")"
              + (columns.size() == 1 ? "" : ": " + text(first.subList(0, columns.size()))),
          hint.orElse(
              "a row without a key cannot be found again: leave it out, such as "
                  + (isPython()
                      ? "df.dropna(subset=[" + listed(columns) + "])"
                      : "WHERE " + columns.getFirst() + " IS NOT NULL")));
    }
    Rows doubles =
        session.query(
            Statement.of(
                "SELECT "
                    + texts
                    + ", count(*) FROM "
                    + rows.quoted()
                    + " GROUP BY "
                    + list
                    + " HAVING count(*) > 1 ORDER BY "
                    + list),
            3);
    if (!doubles.rows().isEmpty()) {
      List<String> examples = new ArrayList<>();
      for (List<?> row : doubles.rows()) {
        examples.add(text(row.subList(0, columns.size())) + " (" + row.getLast() + " rows)");
      }
      throw wrong(
          "several rows"
              + where
              + " have the same key ("
              + names
              + "): "
              + String.join("; ", examples),
          hint.orElse(
              "keep one of each, such as "
                  + (isPython()
                      ? "df.drop_duplicates([" + listed(columns) + "], keep=\"last\")"
                      : "QUALIFY row_number() OVER (PARTITION BY "
                          + String.join(", ", key)
                          + " ORDER BY ... DESC) = 1")));
    }
  }

  private boolean isPython() {
    return asset.definition() instanceof Asset.FromModel model && model.isPython();
  }

  /** Names as Python writes a list of them. */
  private static String listed(List<String> names) {
    return names.stream().map(n -> '"' + n + '"').collect(Collectors.joining(", "));
  }

  private static String text(List<?> values) {
    return values.stream()
        .map(v -> v == null ? "NULL" : v.toString())
        .collect(Collectors.joining(", "));
  }

  private TowpathException wrong(String what, String hint) {
    return switch (asset.definition()) {
      case Asset.FromModel model ->
          new TowpathException(List.of(Problem.error(model.model().at("key"), what, hint)));
      case Asset.FromSource _, Asset.FromSeed _ ->
          new TowpathException(
              what, "name the columns under key: that tell its rows apart, or use mode: full");
    };
  }
}
