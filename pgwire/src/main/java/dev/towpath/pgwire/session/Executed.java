package dev.towpath.pgwire.session;

import dev.towpath.server.Lakehouse;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A question that has its values already. */
record Executed(Question question, Map<String, Optional<Statement.Bound>> values)
    implements Question {
  Executed {
    values = Map.copyOf(values);
  }

  @Override
  public Schema columns() {
    return question.columns();
  }

  @Override
  public List<Lakehouse.Parameter> parameters() {
    return List.of();
  }

  @Override
  public Batches run(Map<String, Optional<Statement.Bound>> none) {
    return question.run(values);
  }

  @Override
  public void close() {
    // the question belongs to the transaction
  }
}
