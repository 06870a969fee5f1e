package dev.towpath.spi;

import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Runs the project's Python, each task in a child process that user code can neither outlive nor
 * take the host down with. Interpreters are kept warm between tasks. Thread-safe.
 */
public interface PythonRunner extends AutoCloseable {

  /**
   * Starts interpreters that will soon be asked for, if that needs no package to be installed.
   * Returns at once, and never fails.
   *
   * @param modules what they import ahead of time
   */
  void prepare(int interpreters, Set<String> modules);

  /**
   * Runs a model's {@code build} up to where its rows begin to come.
   *
   * @throws TowpathException with the place in the user's file where there is one; {@link
   *     CancelledException} when the calling thread was interrupted. Nothing is left running.
   */
  Building build(Model model);

  /**
   * Runs the {@code figure} of a dashboard, and waits for it.
   *
   * @return what it returned as JSON of Plotly: an object with a list of traces, {@code data}
   * @throws TowpathException as {@link #build} does
   */
  String draw(Drawing drawing);

  @Override
  void close();

  /**
   * A model to build.
   *
   * @param file its path relative to the project
   * @param text the file as it was checked, whatever it holds by now
   * @param reads the tables that it may read
   * @param columns what must come back, in this order
   * @param places where the file declares each of them, by name; by no name, all of them
   * @param required names of columns that may hold no NULL
   * @param variables what {@code t.param} knows
   * @param start what {@code t.start} is; empty when there is no bound, {@code end} likewise
   * @param now the run's logical time
   * @param inputs gives the tables as they are asked for
   * @param log where its output goes
   */
  record Model(
      TableName name,
      String file,
      String text,
      List<TableName> reads,
      Schema columns,
      Map<String, Location> places,
      Set<String> required,
      Map<String, Variable> variables,
      Optional<Variable> start,
      Optional<Variable> end,
      Instant now,
      Limits limits,
      Inputs inputs,
      Path log) {
    public Model {
      reads = List.copyOf(reads);
      places = Map.copyOf(places);
      required = Set.copyOf(required);
      variables = Map.copyOf(variables);
    }
  }

  /**
   * A figure to draw.
   *
   * @param name what people are told that it is
   * @param file the dashboard's path relative to the project
   * @param text the code, on its lines of that file
   * @param reads what it may read: tables, and queries of its page
   * @param parameters what {@code t.param} knows
   * @param inputs gives what it reads, as it is asked for
   * @param log where its output goes
   */
  record Drawing(
      String name,
      String file,
      String text,
      Set<String> reads,
      Map<String, Parameter> parameters,
      Limits limits,
      PageInputs inputs,
      Path log) {
    public Drawing {
      reads = Set.copyOf(reads);
      parameters = Map.copyOf(parameters);
    }
  }

  /**
   * What a filter is, or a variable.
   *
   * @param type of one value
   * @param list whether there may be several
   * @param texts the values as {@link Variable} has them; none when nothing was chosen
   */
  record Parameter(DataType type, boolean list, List<String> texts) {
    public Parameter {
      texts = List.copyOf(texts);
    }
  }

  /** Gives a figure what it reads as Parquet files. Called by one thread at a time. */
  @FunctionalInterface
  interface PageInputs {
    /**
     * Rows of a table, or of a query of the page.
     *
     * @param name as the code has it
     * @param columns those that are wanted; empty means all
     * @throws TowpathException when there is no such thing
     */
    Table read(String name, Optional<List<String>> columns);
  }

  /**
   * A typed value.
   *
   * @param text ISO 8601 for dates and times
   */
  record Variable(DataType type, String text) {}

  /**
   * What a task may take.
   *
   * @param alone whether it gets an interpreter that no other task has used
   * @param memory bytes of all its processes together
   * @param timeoutAt where the file says so; {@code memoryAt} likewise
   */
  record Limits(
      boolean alone,
      Optional<Duration> timeout,
      Location timeoutAt,
      Optional<Long> memory,
      Location memoryAt) {}

  /** Gives tables to a child as Parquet files. Called by one thread at a time. */
  @FunctionalInterface
  interface Inputs {
    /**
     * A table as the task may see it.
     *
     * @param columns those that are wanted; empty means all
     * @throws TowpathException when the model may not read it, or it has no such column
     */
    Table read(TableName table, Optional<List<String>> columns);
  }

  /**
   * A table as files.
   *
   * @param files at least one; all have these columns under these names
   */
  record Table(Schema columns, List<Path> files) {
    public Table {
      files = List.copyOf(files);
    }
  }

  /** A build whose rows are coming. Closing it before its end stops the child. */
  interface Building extends AutoCloseable {
    /**
     * The rows as one stream in Arrow's IPC format. It may end early when the child fails, which
     * {@link #finish} tells.
     */
    ReadableByteChannel rows();

    /**
     * Waits for the child to have ended its task well.
     *
     * @return number of rows it sent
     * @throws TowpathException as {@link PythonRunner#build} does
     */
    long finish();

    /**
     * Why taking the rows failed: what became of the child, if it is to blame.
     *
     * @param failure what the taker says
     */
    TowpathException cause(TowpathException failure);

    @Override
    void close();
  }
}
