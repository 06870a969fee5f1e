package dev.towpath.pgwire.session;

import dev.towpath.server.Lakehouse;
import dev.towpath.spi.Batch;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How a question is computed, line by line in one column, as PostgreSQL says it. */
record Explained(Question question, boolean analyze) implements Question {
  private static final Schema COLUMNS = Schema.of("QUERY PLAN", "VARCHAR");

  @Override
  public Schema columns() {
    return COLUMNS;
  }

  @Override
  public List<Lakehouse.Parameter> parameters() {
    return question.parameters();
  }

  @Override
  public Batches run(Map<String, Optional<Statement.Bound>> values) {
    List<List<String>> lines = new ArrayList<>();
    try (Batches plan = question.plan(values, analyze)) {
      for (Batch batch = plan.next(); batch != null; batch = plan.next()) {
        for (int row = 0; row < batch.rows(); row++) {
          String.valueOf(batch.column(1).value(row)).lines().map(List::of).forEach(lines::add);
        }
      }
    }
    return new Fixed(COLUMNS, lines).run(Map.of());
  }

  @Override
  public void close() {
    // the question belongs to the transaction
  }
}
