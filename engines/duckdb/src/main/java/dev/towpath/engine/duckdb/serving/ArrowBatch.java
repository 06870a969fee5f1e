package dev.towpath.engine.duckdb.serving;

import dev.towpath.spi.Batch;
import dev.towpath.spi.Schema;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.VectorSchemaRoot;

/** The batch that was loaded last into a set of Arrow vectors. */
final class ArrowBatch implements Batch {
  private final VectorSchemaRoot root;
  private final List<Vector> columns = new ArrayList<>();

  ArrowBatch(VectorSchemaRoot root, Schema schema) {
    this.root = root;
    for (int i = 0; i < schema.columns().size(); i++) {
      columns.add(Vectors.of(root.getVector(i), schema.columns().get(i).type()));
    }
  }

  @Override
  public int rows() {
    return root.getRowCount();
  }

  @Override
  public Vector column(int index) {
    return columns.get(index);
  }
}
