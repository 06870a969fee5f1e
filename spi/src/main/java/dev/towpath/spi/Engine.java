package dev.towpath.spi;

import java.nio.file.Path;
import java.time.Instant;

/** Something that computes: DuckDB embedded, or Spark. Thread-safe. */
public interface Engine {
  /** The name in {@code towpath.yml}: {@code duckdb}. */
  String name();

  /** The engine's own version. */
  String version();

  /** Opens a session of its own; nothing is shared with other sessions but the machine. */
  EngineSession open(Options options);

  /** Opens something that answers many queries at a time, for as long as it is open. */
  Serving serve(Serving.Options options);

  /**
   * How a session is set up.
   *
   * @param lakeRoot local directory that table paths are relative to
   * @param tempDirectory for spilling; removed by close; created on demand
   * @param memoryLimit bytes the engine may use before it spills
   * @param threads at least 1
   * @param logicalTime what {@code now()}, {@code current_date} and the like return
   */
  record Options(
      Path lakeRoot, Path tempDirectory, long memoryLimit, int threads, Instant logicalTime) {}
}
