package dev.towpath.source.files;

import static dev.towpath.source.common.Failures.quoted;

import dev.towpath.source.common.Failures;
import dev.towpath.source.common.ProjectPath;
import dev.towpath.spi.FileScan;
import dev.towpath.spi.FileScan.Format;
import dev.towpath.spi.FileScan.InputFile;
import dev.towpath.spi.Names;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SourceTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The files of a table and how all of them are written.
 *
 * @param files sorted by name
 * @param format the same for all
 * @param options what the engine is told of the format
 */
record FileSet(List<InputFile> files, Format format, Map<String, String> options) {
  private static final List<String> COMPRESSED = List.of("gz", "zst");
  private static final List<String> STRANGE = List.of("bz2", "xz", "zip", "7z", "lz4", "br", "tar");

  FileSet {
    files = List.copyOf(files);
    options = Map.copyOf(options);
  }

  /**
   * Finds the files.
   *
   * @param mayBeNone whether it is fine when there are none
   */
  static FileSet find(SourceTable table, FileSettings settings, boolean mayBeNone) {
    Map<String, InputFile> found = new TreeMap<>();
    for (String path : settings.paths()) {
      List<InputFile> matches;
      try {
        matches = Glob.find(table.project(), path);
      } catch (IOException e) {
        throw Failures.unreadable(table, path, e);
      }
      if (matches.isEmpty() && !mayBeNone) {
        throw Failures.of(table, "no file matches " + quoted(path), nothing(table, path));
      }
      for (InputFile file : matches) {
        if (!Glob.isPattern(path)) {
          KnownFile.stamp(table, file); // a folder has no ending to complain of
        }
        found.put(file.name(), file);
      }
    }
    return of(table, settings, List.copyOf(found.values()));
  }

  /** Some of the files. */
  FileSet only(List<InputFile> some) {
    return new FileSet(some, format, options);
  }

  /** What an engine is asked to read. */
  FileScan scan(Optional<Schema> columns, boolean tolerant) {
    return new FileScan(format, files, options, columns, tolerant);
  }

  /** Whether the first line of each file names its columns. */
  boolean hasHeader() {
    return format == Format.CSV && !"false".equals(options.get("header"));
  }

  private static FileSet of(SourceTable table, FileSettings settings, List<InputFile> files) {
    Format format = settings.format().orElse(Format.CSV);
    String ending = "csv";
    for (int i = 0; i < files.size(); i++) {
      String own = endingOf(table, settings, files.get(i).name());
      if (i > 0 && !own.equals(ending)) {
        throw Failures.of(
            table,
            quoted(files.getFirst().name())
                + " and "
                + quoted(files.get(i).name())
                + " are written in different formats",
            "make them two tables, or set format");
      }
      ending = own;
    }
    if (settings.format().isEmpty()) {
      format = FileSettings.formatOf(ending);
    }
    return new FileSet(files, format, optionsFor(format, ending, settings));
  }

  private static Map<String, String> optionsFor(
      Format format, String ending, FileSettings settings) {
    Map<String, String> options = new HashMap<>();
    switch (format) {
      case CSV -> {
        // Said outright, so that no file is taken for another dialect than its neighbours.
        options.put("header", "true");
        options.put("delimiter", ending.equals("tsv") ? "\t" : ",");
        options.put("quote", "\"");
        options.put("escape", settings.options().getOrDefault("quote", "\""));
        options.putAll(settings.options());
      }
      case JSON, NDJSON ->
          settings
              .options()
              .forEach((key, value) -> {
                if (key.endsWith("format")) {
                  options.put(key, value);
                }
              });
      case PARQUET -> {
        // Parquet says everything itself.
      }
    }
    return options;
  }

  /** What the name says of the format: {@code csv}, {@code tsv}, {@code ndjson}, ... */
  private static String endingOf(SourceTable table, FileSettings settings, String name) {
    String[] parts =
        name.substring(name.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT).split("\\.");
    int last = parts.length - 1;
    String ending = parts[last];
    if (STRANGE.contains(ending)) {
      throw Failures.of(
          table,
          quoted(name) + " is compressed in a way that cannot be read",
          "unpack it, or pack it with gzip or zstd");
    }
    boolean packed = COMPRESSED.contains(ending) && last > 0;
    if (packed) {
      ending = parts[last - 1];
    }
    if (settings.format().isPresent()) {
      return FileSettings.lower(settings.format().get());
    }
    if (!List.of(FileSettings.ENDINGS.split(",")).contains(ending)) {
      throw Failures.of(
          table,
          "the ending of " + quoted(name) + " does not tell its format",
          "set format: csv, json, ndjson or parquet");
    }
    if (packed && ending.equals("parquet")) {
      throw Failures.of(
          table,
          quoted(name) + " is a Parquet file packed again",
          "unpack it: Parquet packs itself");
    }
    return ending.equals("jsonl") ? "ndjson" : ending;
  }

  /** Why there may be no match, and what to do. */
  private static String nothing(SourceTable table, String text) {
    Path at = ProjectPath.root(table.project());
    boolean absolute = text.startsWith("/");
    if (absolute && at.getRoot() != null) {
      at = at.getRoot();
    }
    for (String segment : (absolute ? text.substring(1) : text).split("/")) {
      Path next = Glob.isPattern(segment) ? null : at.resolve(segment).normalize();
      if (next == null || !Files.exists(next)) {
        return Glob.isPattern(segment)
            ? quoted(ProjectPath.name(table.project(), at))
                + " holds no such file; a path starts at the project's folder"
            : quoted(segment) + " does not exist there" + near(at, segment);
      }
      at = next;
    }
    return "correct \"path\"; it starts at the project's folder";
  }

  private static String near(Path folder, String name) {
    try (Stream<Path> children = Files.list(folder)) {
      List<String> names =
          children.map(p -> String.valueOf(p.getFileName())).limit(10_000).sorted().toList();
      return Names.nearest(name, names).map(n -> ": did you mean \"" + n + "\"?").orElse("");
    } catch (IOException _) {
      return ""; // a hint less; the message itself stands
    }
  }
}
