package dev.towpath.core.check;

import dev.towpath.core.project.Seed;
import dev.towpath.spi.Column;
import dev.towpath.spi.EngineSession;
import dev.towpath.spi.FileScan;
import dev.towpath.spi.Problem;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SourceReader;
import dev.towpath.spi.SourceTable;
import dev.towpath.spi.TowpathException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Asks sources and seeds for their columns. The engine is opened only when files must be read. */
public final class Contacts {
  private final Map<String, SourceReader> readers;
  private final Supplier<EngineSession> engine;
  private final UnaryOperator<String> redaction;

  /**
   * Contacts through these readers.
   *
   * @param readers by source type
   * @param engine gives one shared session; not called unless files are to be inferred
   * @param redaction takes secrets out of a message
   */
  public Contacts(
      Map<String, SourceReader> readers,
      Supplier<EngineSession> engine,
      UnaryOperator<String> redaction) {
    this.readers = Map.copyOf(readers);
    this.engine = engine;
    this.redaction = redaction;
  }

  /** Contacts of which no message could hold a secret. */
  public Contacts(Map<String, SourceReader> readers, Supplier<EngineSession> engine) {
    this(readers, engine, UnaryOperator.identity());
  }

  /** Works with a reader, which knows secrets; what it says of a failure is told without them. */
  public <T> T guarded(Supplier<T> work) {
    try {
      return work.get();
    } catch (TowpathException e) {
      String message = String.valueOf(e.getMessage());
      String safe = redaction.apply(message);
      if (safe.equals(message) && e.problems().stream().allMatch(p -> redacted(p).equals(p))) {
        throw e;
      }
      TowpathException told = // not the cause, which says the secret too
          e.problems().isEmpty()
              ? new TowpathException(safe, e.hint().map(redaction).orElse(null))
              : new TowpathException(e.problems().stream().map(this::redacted).toList());
      told.setStackTrace(e.getStackTrace());
      throw told;
    }
  }

  private Problem redacted(Problem problem) {
    return new Problem(
        problem.severity(),
        problem.location(),
        redaction.apply(problem.message()),
        problem.hint().map(redaction));
  }

  /** The columns of a source's table as it is now. */
  public Schema contact(SourceTable table) {
    return guarded(() -> reader(table).contact(table, scan -> engine.get().infer(scan)));
  }

  /** The reader of a table's source type. */
  public SourceReader reader(SourceTable table) {
    SourceReader reader = readers.get(table.type());
    if (reader == null) {
      throw new TowpathException("no source reader for type \"" + table.type() + "\"");
    }
    return reader;
  }

  /** The columns of a seed: declared types where given, inferred ones elsewhere. */
  public Schema seed(Seed seed) {
    Schema inferred = engine.get().infer(scan(seed, Optional.empty()));
    List<Column> columns = new ArrayList<>();
    for (Column column : inferred.columns()) {
      columns.add(
          seed.columns().stream()
              .filter(d ->
                  dev.towpath.spi.Names.identity(d.name())
                      .equals(dev.towpath.spi.Names.identity(column.name())))
              .findFirst()
              .flatMap(d -> d.type())
              .map(type -> new Column(column.name(), type))
              .orElse(column));
    }
    return new Schema(columns);
  }

  /** The seed as files to read. */
  public static FileScan scan(Seed seed, Optional<Schema> columns) {
    return new FileScan(
        FileScan.Format.CSV,
        List.of(new FileScan.InputFile(seed.file(), seed.path())),
        Map.of("header", "true"),
        columns,
        false);
  }
}
