package dev.towpath.spi;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One kind of job: {@code shell}, {@code python}. Stateless and thread-safe. */
public interface JobRunner {

  /** The value of {@code type:}. */
  String type();

  /** Keys that a job of this type takes besides the common ones. */
  Set<String> keys();

  /** Those of its keys in which {@code ${NAME}} is not Towpath's to resolve: scripts. */
  default Set<String> verbatim() {
    return Set.of();
  }

  /** What is wrong with the keys of a job, told without doing anything. */
  List<Problem> check(Job job);

  /**
   * Does the job on this thread, which is interrupted to stop it; nothing of the job runs any more
   * when this returns.
   *
   * @throws TowpathException when it failed, in plain words and without secrets
   * @throws CancelledException when it was stopped
   */
  void run(Job job, Context context);

  /**
   * A job as its file declares it.
   *
   * @param project the project's root, which relative paths start from
   * @param files where the project's own files are as they were when its run began; the root unless
   *     the run keeps a version
   * @param options its own keys; {@code ${NAME}}s are as written in {@link #check} and resolved in
   *     {@link #run}; values are String, Long, Double, Boolean, List or Map; {@code memory}, where
   *     a type takes it, is a Long of bytes
   * @param places where its keys stand; under a key with a colon behind it, where its text begins
   */
  record Job(
      String name,
      String file,
      Path project,
      Path files,
      Map<String, Object> options,
      Map<String, Location> places) {
    public Job {
      options = Map.copyOf(options);
      places = Map.copyOf(places);
    }

    /** A job of a project that is used as it lies there. */
    public Job(
        String name,
        String file,
        Path project,
        Map<String, Object> options,
        Map<String, Location> places) {
      this(name, file, project, project, options, places);
    }

    /** Where a file of the project is: in the version that the run keeps, if that has it. */
    public Path file(String path) {
      Path kept = files.resolve(path);
      return Files.exists(kept) ? kept : project.resolve(path);
    }

    /** A text option. */
    public Optional<String> text(String key) {
      return Optional.ofNullable(options.get(key)).map(Object::toString);
    }

    /** The place of a key, or the top of the file. */
    public Location at(String key) {
      return places.getOrDefault(key, new Location(file, 1, 1));
    }

    /**
     * The place in the file of a place in a key's text; exact in a text on one line or behind a
     * bar.
     *
     * @param line in the text, from 1
     * @param column in that line, from 1
     */
    public Location at(String key, int line, int column) {
      Location start = places.getOrDefault(key + ":", at(key));
      return new Location(file, start.line() + line - 1, start.column() + column - 1);
    }
  }

  /**
   * What a job runs in.
   *
   * @param variables what it is told, by name: {@code TOWPATH_RUN}, {@code TOWPATH_START} and the
   *     like
   * @param values typed values that it may use as {@code $name}: parameters, the columns of the row
   *     that it is mapped over, {@code start} and {@code end}; of the types that {@link Job} has,
   *     {@link java.math.BigDecimal} and {@link java.time.Instant}
   * @param folder a folder of this run's own, for what is to be kept with it
   * @param log takes its output, line by line
   * @param outputs takes what it hands on to later jobs
   */
  record Context(
      Map<String, String> variables,
      Map<String, Object> values,
      Path folder,
      Log log,
      Outputs outputs) {
    public Context {
      variables = Map.copyOf(variables);
      values = Map.copyOf(values);
    }

    /** A context without values, for a job whose outputs nobody reads. */
    public Context(Map<String, String> variables, Path folder, Log log) {
      this(variables, Map.of(), folder, log, (_, _) -> {});
    }
  }

  /**
   * Takes what a job hands on: small values, by name; the last one of a name counts. Thread-safe.
   */
  interface Outputs {
    /**
     * Hands on a value.
     *
     * @param value a String, Long, Double, {@link java.math.BigDecimal} or Boolean
     */
    void put(String name, Object value);
  }

  /** Takes lines of output; masks secrets and bounds the size. Thread-safe. */
  @FunctionalInterface
  interface Log {
    /** One line, without its end. */
    void line(String text);

    /** The beginning of a line, or more of it, that is too long to wait for its end. */
    default void part(String text) {
      line(text);
    }
  }
}
