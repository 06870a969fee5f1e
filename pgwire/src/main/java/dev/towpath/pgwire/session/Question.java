package dev.towpath.pgwire.session;

import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import dev.towpath.server.Lakehouse;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A query that has been looked at, whoever answers it. Used by one thread at a time. */
public interface Question extends AutoCloseable {
  Schema columns();

  /** Its parameters, named by their numbers. */
  List<Lakehouse.Parameter> parameters();

  /**
   * Runs it.
   *
   * @param values of all parameters by number; without a value, NULL
   */
  Batches run(Map<String, Optional<Statement.Bound>> values);

  /**
   * How it is computed.
   *
   * @param analyze whether it is computed for that
   */
  default Batches plan(Map<String, Optional<Statement.Bound>> values, boolean analyze) {
    throw PgError.of(
        SqlState.FEATURE_NOT_SUPPORTED, "of queries about the catalog there is no plan");
  }

  @Override
  void close();

  /** One that the lake answers. */
  static Question of(Lakehouse.Query query) {
    return new Question() {
      @Override
      public Schema columns() {
        return query.columns();
      }

      @Override
      public List<Lakehouse.Parameter> parameters() {
        return query.parameters();
      }

      @Override
      public Batches run(Map<String, Optional<Statement.Bound>> values) {
        return batches(query.run(values));
      }

      @Override
      public Batches plan(Map<String, Optional<Statement.Bound>> values, boolean analyze) {
        return batches(query.plan(values, analyze));
      }

      @Override
      public void close() {
        query.close();
      }
    };
  }

  private static Batches batches(Lakehouse.Cursor cursor) {
    return new Batches() {
      @Override
      public dev.towpath.spi.@org.jspecify.annotations.Nullable Batch next() {
        return cursor.next();
      }

      @Override
      public void close() {
        cursor.close();
      }
    };
  }
}
