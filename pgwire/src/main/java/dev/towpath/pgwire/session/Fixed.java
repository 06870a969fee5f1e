package dev.towpath.pgwire.session;

import dev.towpath.pgwire.type.ObjectVector;
import dev.towpath.server.Lakehouse;
import dev.towpath.spi.Batch;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An answer that is known beforehand, as a question. */
record Fixed(Schema columns, List<List<String>> rows) implements Question {
  Fixed {
    rows = List.copyOf(rows);
  }

  @Override
  public List<Lakehouse.Parameter> parameters() {
    return List.of();
  }

  @Override
  public Batches run(Map<String, Optional<Statement.Bound>> values) {
    return new Batches() {
      private boolean read = rows.isEmpty();

      @Override
      public @Nullable Batch next() {
        if (read) {
          return null;
        }
        read = true;
        return batch();
      }

      @Override
      public void close() {
        read = true;
      }
    };
  }

  private Batch batch() {
    return new Batch() {
      @Override
      public int rows() {
        return rows.size();
      }

      @Override
      public Vector column(int index) {
        return new ObjectVector(rows.stream().map(row -> row.get(index)).toList());
      }
    };
  }

  @Override
  public void close() {
    // It holds nothing.
  }
}
