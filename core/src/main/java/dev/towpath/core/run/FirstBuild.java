package dev.towpath.core.run;

import dev.towpath.core.graph.Asset;
import dev.towpath.core.project.Check;
import dev.towpath.core.project.Model;
import dev.towpath.spi.Names;

/** What a model's table would hold if it were built now for the first time. */
public final class FirstBuild {
  private FirstBuild() {}

  /** A query for it around the model's own, whose parameters are written in. */
  public static String sql(Asset.FromModel definition, String query) {
    Model model = definition.model();
    return switch (model.kind()) {
      case TABLE, VIEW, INCREMENTAL, APPEND -> query;
      case MERGE ->
          model
              .changes()
              .deleteWhen()
              .map(c ->
                  "SELECT * FROM ("
                      + query
                      + "\n) WHERE NOT coalesce(("
                      + ((Check.Expression) c.rule()).sql()
                      + "\n), false)")
              .orElse(query);
      case SCD2 -> {
        String from = model.changes().updatedAt().map(Names::quote).orElse("now()");
        String to =
            model
                .changes()
                .updatedAt()
                .map(u ->
                    "lead("
                        + from
                        + ") OVER (PARTITION BY "
                        + String.join(", ", model.key().stream().map(Names::quote).toList())
                        + " ORDER BY "
                        + from
                        + ")")
                .orElse("NULL::TIMESTAMPTZ");
        yield "SELECT *, valid_to IS NULL AS is_current FROM (SELECT *, "
            + from
            + " AS valid_from, "
            + to
            + " AS valid_to FROM ("
            + query
            + "\n))";
      }
    };
  }
}
