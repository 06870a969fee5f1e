package dev.towpath.engine.duckdb.analyze;

import dev.towpath.spi.SqlAnalyzer.TableUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the FROM clause of one SELECT offers to its expressions.
 *
 * @param select the node of the SELECT
 * @param outer the clause that a correlated subquery may look into
 * @param sources in order; filled while the clause is read
 */
record FromClause(Json select, @Nullable FromClause outer, List<Source> sources) {

  FromClause(Json select, @Nullable FromClause outer) {
    this(select, outer, new ArrayList<>());
  }

  /** Something that rows come from. */
  sealed interface Source {
    /** The name that a column's qualifier may give; empty when it has none. */
    String alias();
  }

  /** A table of the project. */
  record Table(String alias, TableUse use, List<String> columnAliases) implements Source {}

  /** A CTE or a subquery. */
  record Derived(String alias, Json query, List<String> columnAliases) implements Source {}

  /** A table function, a list of values, a pivot: its columns are nobody else's. */
  record Other(String alias) implements Source {}

  /** The source that a qualifier means, here or further out. */
  Optional<Source> named(String qualifier) {
    for (FromClause clause = this; clause != null; clause = clause.outer) {
      for (Source source : clause.sources) {
        if (source.alias().equalsIgnoreCase(qualifier)) {
          return Optional.of(source);
        }
      }
    }
    return Optional.empty();
  }

  /** The table that {@code schema.table} as a qualifier means, here or further out. */
  Optional<Source> named(String schema, String table) {
    for (FromClause clause = this; clause != null; clause = clause.outer) {
      for (Source source : clause.sources) {
        if (source instanceof Table(_, TableUse use, _)
            && use.table().equalsIgnoreCase(table)
            && use.schema().filter(schema::equalsIgnoreCase).isPresent()) {
          return Optional.of(source);
        }
      }
    }
    return Optional.empty();
  }

  /** The nearest clause that offers anything; this one when none does. */
  FromClause nearest() {
    FromClause clause = this;
    while (clause.sources.isEmpty() && clause.outer != null) {
      clause = clause.outer;
    }
    return clause;
  }
}
