package dev.towpath.spi;

import java.util.List;
import java.util.Optional;

/**
 * Reads Python files without running them, by Python's own parser in one helper process. Used by
 * one thread.
 */
public interface PythonParser extends AutoCloseable {

  /**
   * What files declare, in order.
   *
   * @throws TowpathException when there is no Python on this machine, or its helper fails
   */
  List<Parsed> parse(List<SourceFile> files);

  @Override
  void close();

  /**
   * A file to read, or a part of one that stands on its lines of it.
   *
   * @param file path relative to the project, with forward slashes
   * @param entry the function that will be called
   */
  record SourceFile(String file, String text, String entry) {
    /** The function of a model. */
    public static final String BUILD = "build";

    /** The function of a dashboard's figure. */
    public static final String FIGURE = "figure";
  }

  /**
   * A place in a file.
   *
   * @param line 1-based
   * @param column 1-based, in Unicode code points
   */
  record Place(int line, int column) {
    /** The place in a named file. */
    public Location in(String file) {
      return new Location(file, line, column);
    }
  }

  /** A name that stands literally in a file. */
  record Named(String name, Place at) {}

  /**
   * A call {@code t.read("name", columns=[...])}.
   *
   * @param table the name as written
   * @param columns those it asks for; empty means all
   */
  record Read(Named table, Optional<List<Named>> columns) {
    public Read {
      columns = columns.map(List::copyOf);
    }
  }

  /**
   * The function that will be called.
   *
   * @param parameters their names, {@code *} and {@code **} included; {@code async} alone when it
   *     is an async def; empty Optional when it is something else than a def
   */
  record Build(Place at, Optional<List<String>> parameters) {
    public Build {
      parameters = parameters.map(List::copyOf);
    }
  }

  /**
   * What one file declares.
   *
   * @param computedReads places where a table's name, or the list of its columns, is computed
   * @param escapes places where {@code t} goes to somebody who cannot be followed, and who may read
   * @param wrong what cannot go well, whatever the project has
   * @param near a function whose name is nearly that of the one that will be called, which is not
   *     there
   * @param variables literal {@code t.param("name")} calls
   * @param computedVariables whether there may be others
   * @param bounds where {@code t.start} or {@code t.end} is asked for first
   * @param now whether {@code t.now} is asked for
   * @param imports the project's own files that it imports, directly or not
   * @param absent files that would be imported, too, if they were there
   * @param modules top-level names of other modules outside of Python's own library
   * @param canonical stands for the program, imports included, whatever its positions, comments and
   *     docstrings
   * @param mistake why it does not parse; then the rest is empty
   */
  record Parsed(
      Optional<Build> build,
      List<Read> reads,
      List<Place> computedReads,
      List<Place> escapes,
      List<Wrong> wrong,
      Optional<Named> near,
      List<Named> variables,
      boolean computedVariables,
      Optional<Place> bounds,
      boolean now,
      List<String> imports,
      List<String> absent,
      List<String> modules,
      String canonical,
      Optional<Mistake> mistake) {
    public Parsed {
      reads = List.copyOf(reads);
      computedReads = List.copyOf(computedReads);
      escapes = List.copyOf(escapes);
      wrong = List.copyOf(wrong);
      variables = List.copyOf(variables);
      imports = List.copyOf(imports);
      absent = List.copyOf(absent);
      modules = List.copyOf(modules);
    }
  }

  /** A use of {@code t} that fails when it is met. */
  record Wrong(String message, String hint, Place at) {}

  /** A text that is not Python. */
  record Mistake(String message, Place at) {}
}
