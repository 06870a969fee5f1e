package dev.towpath.engine.duckdb.serving;

import dev.towpath.engine.duckdb.analyze.PointQuery;
import dev.towpath.spi.Batch;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Names;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Statement;
import dev.towpath.spi.WholeType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.util.TransferPair;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBPreparedStatement;
import org.duckdb.DuckDBResultSet;

/**
 * The rows of a table in memory, in the order of one of its columns, so that those with a value are
 * found by halving. They are what DuckDB itself gives, in vectors as any result has them. Rows
 * whose key is NULL are left out: no value equals it. Thread-safe; whoever reads them enters first
 * and leaves when done, and the last who leaves frees them.
 */
final class KeyedRows {
  private static final int PIECE_BITS = 16;
  private static final int PIECE_ROWS = 1 << PIECE_BITS;

  /** A number as everybody writes it; what else a cast would take is left to the engine. */
  private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,18}");

  private final Schema columns;
  private final List<String> names;
  private final int key;
  private final boolean whole;
  private final List<VectorSchemaRoot> roots = new ArrayList<>();
  private final List<ArrowBatch> pieces = new ArrayList<>();
  private List<Field> fields = List.of();
  private int rows;
  private long bytes;
  private int users = 1;

  /** Rows that stand together, as their positions; the last is not one of them. */
  record Range(int from, int to) {}

  private KeyedRows(Schema columns, int key) {
    this.columns = columns;
    this.names = columns.names().stream().map(PointQuery::folded).toList();
    this.key = key;
    this.whole = isWhole(columns.columns().get(key).type());
  }

  /**
   * Reads a table; who does has entered.
   *
   * @param table as it is named in SQL, with rowids
   * @param key a column, folded
   * @param most bytes that they may have
   * @return empty when its rows cannot be kept by that column
   */
  static Optional<KeyedRows> load(
      DuckDBConnection connection, String table, String key, BufferAllocator memory, long most)
      throws SQLException, IOException {
    Schema columns = columns(connection, table);
    int position = columns.names().stream().map(PointQuery::folded).toList().indexOf(key);
    if (position < 0 || !isKey(columns.columns().get(position).type())) {
      return Optional.empty();
    }
    KeyedRows rows = new KeyedRows(columns, position);
    boolean good = false;
    try {
      good = rows.read(connection, table, memory, most) && rows.isOrdered();
    } finally {
      if (!good) {
        rows.leave();
      }
    }
    return good ? Optional.of(rows) : Optional.empty();
  }

  private static Schema columns(DuckDBConnection connection, String table) throws SQLException {
    List<Column> columns = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement("DESCRIBE " + table);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        columns.add(Column.of(rows.getString(1), rows.getString(2)));
      }
    }
    return new Schema(columns);
  }

  /** Whether a long holds all its values, which are whole numbers. */
  private static boolean isWhole(DataType type) {
    return WholeType.of(type)
        .filter(t -> t.bits() < Long.SIZE || t == WholeType.BIGINT)
        .isPresent();
  }

  private static boolean isText(DataType type) {
    return type.sql().equals("VARCHAR");
  }

  private static boolean isKey(DataType type) {
    return isWhole(type) || isText(type);
  }

  /** Reads all rows; false when they are too large. */
  private boolean read(DuckDBConnection connection, String table, BufferAllocator memory, long most)
      throws SQLException, IOException {
    String name = Names.quote(columns.names().get(key));
    String sql =
        columns.columns().stream()
                .map(c ->
                    "CAST(%1$s AS %2$s) AS %1$s"
                        .formatted(Names.quote(c.name()), Shown.shown(c.type()).sql()))
                .collect(Collectors.joining(", ", "SELECT ", ""))
            + " FROM %1$s WHERE %2$s IS NOT NULL ORDER BY %2$s, rowid".formatted(table, name);
    try (DuckDBPreparedStatement statement = connection.prepare(sql);
        DuckDBResultSet result = statement.executeQuery().unwrap(DuckDBResultSet.class);
        ArrowReader reader = (ArrowReader) result.arrowExportStream(memory, PIECE_ROWS)) {
      fields = reader.getVectorSchemaRoot().getSchema().getFields();
      while (reader.loadNextBatch()) {
        VectorSchemaRoot piece = taken(reader.getVectorSchemaRoot(), memory);
        if (rows % PIECE_ROWS != 0) {
          piece.close();
          throw new IllegalStateException("a batch before the last is not full");
        }
        roots.add(piece);
        pieces.add(new ArrowBatch(piece, columns));
        rows += piece.getRowCount();
        bytes += piece.getFieldVectors().stream().mapToLong(FieldVector::getBufferSize).sum();
        if (bytes > most || rows > Integer.MAX_VALUE / 2) {
          return false;
        }
      }
    }
    return true;
  }

  /** The vectors of a batch, which the next one would be read into. */
  private static VectorSchemaRoot taken(VectorSchemaRoot batch, BufferAllocator memory) {
    List<FieldVector> vectors = new ArrayList<>();
    for (FieldVector vector : batch.getFieldVectors()) {
      TransferPair pair = vector.getTransferPair(memory);
      pair.transfer();
      vectors.add((FieldVector) pair.getTo());
    }
    return new VectorSchemaRoot(vectors);
  }

  /** Everything here rests on the order, so it is looked at once. */
  private boolean isOrdered() {
    for (int row = 1; row < rows; row++) {
      int before =
          whole
              ? Long.compare(whole(row - 1), whole(row))
              : Arrays.compareUnsigned(text(row - 1), text(row));
      if (before > 0) {
        return false;
      }
    }
    return true;
  }

  private long whole(int row) {
    return pieces.get(row >> PIECE_BITS).column(key).whole(row & (PIECE_ROWS - 1));
  }

  private byte[] text(int row) {
    return pieces.get(row >> PIECE_BITS).column(key).bytes(row & (PIECE_ROWS - 1));
  }

  /** The names of all columns of the table, folded. */
  List<String> names() {
    return names;
  }

  DataType type(int column) {
    return columns.columns().get(column).type();
  }

  /** A column as Arrow calls it. */
  Field field(int column) {
    return fields.get(column);
  }

  long bytes() {
    return bytes;
  }

  /**
   * The rows with a value, the first so many of them; empty when the engine has to say what the
   * value is equal to.
   */
  Optional<Range> find(Statement.Bound value, long most) {
    return compared(value)
        .map(order -> {
          int from = first(order, 0);
          int to = first(order, 1);
          return new Range(from, to - from > most ? from + (int) most : to);
        });
  }

  /** How the key of each row compares with a value. */
  private Optional<IntUnaryOperator> compared(Statement.Bound value) {
    if (whole && isWhole(value.type()) && NUMBER.matcher(value.text()).matches()) {
      long number = Long.parseLong(value.text());
      return WholeType.of(value.type()).orElseThrow().holds(number)
          ? Optional.of(row -> Long.compare(whole(row), number))
          : Optional.empty();
    }
    if (!whole && isText(value.type())) {
      byte[] text = value.text().getBytes(StandardCharsets.UTF_8);
      return Optional.of(row -> Arrays.compareUnsigned(text(row), text));
    }
    return Optional.empty();
  }

  /** The first row that does not come before a value, or of those after it. */
  private int first(IntUnaryOperator order, int least) {
    int low = 0;
    int high = rows;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (order.applyAsInt(middle) < least) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Where the piece ends that a row is in, or the range before that. */
  static int end(int row, Range range) {
    return Math.min(range.to(), (row | (PIECE_ROWS - 1)) + 1);
  }

  /** The vectors that a row is in, and its place there. */
  VectorSchemaRoot root(int row) {
    return roots.get(row >> PIECE_BITS);
  }

  Batch.Vector column(int column, int row) {
    return pieces.get(row >> PIECE_BITS).column(column);
  }

  static int place(int row) {
    return row & (PIECE_ROWS - 1);
  }

  /** Keeps them until they are left; false when they are free already. */
  synchronized boolean enter() {
    if (users == 0) {
      return false;
    }
    users++;
    return true;
  }

  synchronized void leave() {
    users--;
    if (users == 0) {
      roots.forEach(VectorSchemaRoot::close);
    }
  }
}
