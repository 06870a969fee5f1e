package dev.towpath.source.tpch;

import static dev.towpath.source.common.Failures.quoted;

import dev.towpath.source.common.Failures;
import dev.towpath.source.common.Settings;
import dev.towpath.spi.Column;
import dev.towpath.spi.Extract;
import dev.towpath.spi.FileScan;
import dev.towpath.spi.Names;
import dev.towpath.spi.Problem;
import dev.towpath.spi.RowReader;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Shared;
import dev.towpath.spi.SourceReader;
import dev.towpath.spi.SourceState;
import dev.towpath.spi.SourceTable;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The eight tables of the TPC-H benchmark, generated in memory at any {@code scale}; 1 is about 8.7
 * million rows. The same scale always gives the same rows.
 */
public final class TpchSource implements SourceReader {
  private static final BigDecimal SMALLEST = new BigDecimal("0.0001");
  private static final BigDecimal LARGEST = new BigDecimal("100000");
  private static final long ROWS_PER_PART = 50_000;
  private static final int MOST_PARTS = 1_000;

  /** A reader. */
  public TpchSource() {}

  @Override
  public String type() {
    return "tpch";
  }

  @Override
  public Set<String> sourceKeys() {
    return Set.of("scale");
  }

  @Override
  public Set<String> tableKeys() {
    return Set.of("table");
  }

  @Override
  public Set<String> modes() {
    return Set.of("full");
  }

  @Override
  public List<Problem> check(SourceTable table) {
    Settings settings = new Settings(table);
    TpchSettings.of(table, settings);
    return settings.problems();
  }

  @Override
  public Schema contact(SourceTable table, Function<FileScan, Schema> infer) {
    return settings(table).table().schema();
  }

  @Override
  public Probe probe(SourceTable table, Optional<SourceState> last) {
    TpchSettings settings = settings(table);
    if (last.isEmpty()) {
      return new Probe.Changed("first reading at scale " + settings.scaleText());
    }
    if (last.get().cursor().equals(settings.cursor())) {
      return new Probe.Unchanged();
    }
    String before = last.get().cursor().get("scale");
    return new Probe.Changed(
        settings.scaleText().equals(before)
            ? "another table is generated"
            : "scale " + before + " is now " + settings.scaleText());
  }

  @Override
  public Reading read(
      SourceTable table,
      Optional<SourceState> last,
      Schema schema,
      Function<FileScan, Schema> infer,
      Shared shared) {
    TpchSettings settings = settings(table);
    int[] places = places(table, settings.table(), schema);
    double scale = settings.scale().doubleValue();
    int count =
        (int) Math.clamp(settings.table().rowsPerScale() * scale / ROWS_PER_PART, 1, MOST_PARTS);
    List<Supplier<RowReader>> parts = new ArrayList<>();
    for (int part = 1; part <= count; part++) {
      int number = part;
      parts.add(() -> {
        RowReader rows = settings.table().generator().open(scale, number, count, Texts.pool());
        return places.length == 0 ? rows : new Picked(rows, places);
      });
    }
    return new TpchReading(new Extract.Rows(schema, parts), schema, settings.cursor());
  }

  /** Where the asked columns stand in a generated row; empty when they stand as generated. */
  private static int[] places(SourceTable table, TpchTables.Table generated, Schema schema) {
    if (schema.equals(generated.schema())) {
      return new int[0];
    }
    List<String> names = generated.schema().names().stream().map(Names::identity).toList();
    int[] places = new int[schema.columns().size()];
    for (int i = 0; i < places.length; i++) {
      Column asked = schema.columns().get(i);
      places[i] = names.indexOf(Names.identity(asked.name()));
      if (places[i] < 0) {
        throw Failures.of(
            table,
            quoted(generated.name()) + " has no column " + quoted(asked.name()),
            Names.nearest(asked.name(), generated.schema().names())
                .map(near -> "did you mean " + quoted(near) + "?")
                .orElse("remove it"));
      }
      Column column = generated.schema().columns().get(places[i]);
      if (!column.type().equals(asked.type())) {
        throw Failures.of(
            table,
            "the type of " + quoted(asked.name()) + " is " + column.type().sql(),
            "cast it to " + asked.type().sql() + " in a model");
      }
    }
    return places;
  }

  private static TpchSettings settings(SourceTable table) {
    Settings settings = new Settings(table);
    Optional<TpchSettings> read = TpchSettings.of(table, settings);
    settings.verify();
    return read.orElseThrow();
  }

  private record TpchSettings(TpchTables.Table table, BigDecimal scale) {

    /** Empty when something is wrong, which is noted. */
    static Optional<TpchSettings> of(SourceTable table, Settings settings) {
      Optional<BigDecimal> scale = scale(settings);
      String name = settings.text("table").orElse(table.name().table());
      Optional<TpchTables.Table> found = TpchTables.find(name);
      if (found.isEmpty()) {
        List<String> names = TpchTables.ALL.stream().map(TpchTables.Table::name).toList();
        settings.problem(
            "TPC-H has no table " + quoted(name),
            Names.nearest(name, names)
                .map(near -> "did you mean " + quoted(near) + "?")
                .orElse("it has " + String.join(", ", names)));
      }
      return found.isEmpty() || scale.isEmpty()
          ? Optional.empty()
          : Optional.of(new TpchSettings(found.get(), scale.get()));
    }

    private static Optional<BigDecimal> scale(Settings settings) {
      String text = settings.text("scale").orElse("1");
      try {
        BigDecimal scale = new BigDecimal(text);
        if (scale.compareTo(SMALLEST) >= 0 && scale.compareTo(LARGEST) <= 0) {
          return Optional.of(scale.stripTrailingZeros());
        }
      } catch (NumberFormatException _) {
        // told below
      }
      settings.problem(
          "scale",
          "\"scale\" cannot be " + quoted(text),
          "write a number from " + SMALLEST + " to " + LARGEST + "; 1 is about 8.7 million rows");
      return Optional.empty();
    }

    String scaleText() {
      return scale.toPlainString();
    }

    Map<String, String> cursor() {
      return Map.of("scale", scaleText(), "table", table.name());
    }
  }

  private record TpchReading(Extract extract, Schema schema, Map<String, String> cursor)
      implements Reading {
    @Override
    public Effect effect() {
      return Effect.REPLACE;
    }

    @Override
    public SourceState finish() {
      return new SourceState(cursor, List.of());
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }
}
