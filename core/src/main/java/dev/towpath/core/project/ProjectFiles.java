package dev.towpath.core.project;

import dev.towpath.core.yaml.Problems;
import dev.towpath.core.yaml.SourceText;
import dev.towpath.spi.Location;
import dev.towpath.spi.TableName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The project's files by kind, found by where they lie. Nothing is read yet. */
final class ProjectFiles {
  /** Folders whose kind is not built yet, and the kind in words. */
  private static final List<String> LATER = List.of("apps", "ml");

  private static final String PYTHON = ".py";

  private final Path root;
  private final Problems problems;
  private final List<TableFile> models = new ArrayList<>();
  private final List<TableFile> seeds = new ArrayList<>();
  private final List<TableFile> sidecars = new ArrayList<>();
  private final List<String> notices = new ArrayList<>();

  /**
   * A file, and the name it lies under.
   *
   * @param file path relative to the root, with forward slashes
   * @param name its own name without ending
   */
  record NamedFile(String file, Path path, String name) {}

  /** A file that is a table, or a sidecar (whose table is {@code _schema}). */
  record TableFile(String file, Path path, TableName name) {}

  ProjectFiles(Path root, Problems problems) {
    this.root = root;
    this.problems = problems;
    tables("models", List.of(".sql", PYTHON), models);
    tables("seeds", List.of(".csv"), seeds);
    for (String folder : LATER) {
      int files = entries(root.resolve(folder)).size();
      if (files > 0) {
        notices.add(folder + "/ is not built yet; left alone");
      }
    }
  }

  List<TableFile> models() {
    return models;
  }

  List<TableFile> seeds() {
    return seeds;
  }

  /** The {@code _schema.yml}s of models and seeds. */
  List<TableFile> sidecars() {
    return sidecars;
  }

  List<String> notices() {
    return notices;
  }

  /** The files of a folder with an ending; those in a folder below are noted. */
  List<NamedFile> flat(String folder, String ending) {
    List<NamedFile> files = new ArrayList<>();
    for (Path path : entries(root.resolve(folder))) {
      String file = folder + "/" + path.getFileName();
      if (hasEnding(file, ending)) {
        files.add(new NamedFile(file, path, stem(path, ending)));
      } else if (ending.equals(".yml") && hasEnding(file, ".yaml")) {
        problems.error(Location.of(file), "the ending is .yml here", "rename the file");
      } else if (Files.isDirectory(path)) {
        tooDeep(path, file, ending, folder + "/<name>" + ending);
      }
    }
    return files;
  }

  /** Whether a model's file is Python. */
  static boolean isPython(String file) {
    return hasEnding(file, PYTHON);
  }

  private static Optional<String> ending(String name, List<String> endings) {
    return endings.stream().filter(e -> hasEnding(name, e)).findFirst();
  }

  private void tables(String folder, List<String> endings, List<TableFile> tables) {
    String form = folder + "/<schema>/<table>";
    for (Path schema : entries(root.resolve(folder))) {
      String name = String.valueOf(schema.getFileName());
      String file = folder + "/" + name;
      Optional<String> ending = ending(name, endings);
      if (ending.isPresent() && !Files.isDirectory(schema)) {
        if (!isHelper(name)) {
          problems.error(
              Location.of(file), "the file lies in no schema", "move it to " + form + ending.get());
        }
      } else if (Files.isDirectory(schema)) {
        Optional<String> mistake = NameRules.schemaMistake(name);
        if (mistake.isPresent()) {
          problems.error(
              Location.of(NameRules.shown(file)),
              "the schema's name \"" + NameRules.shown(name) + "\" " + mistake.get(),
              "rename the folder");
        } else {
          schema(schema, file, endings, form, tables);
        }
      }
    }
  }

  private void schema(
      Path schema, String folder, List<String> endings, String form, List<TableFile> tables) {
    String schemaName = String.valueOf(schema.getFileName());
    for (Path path : entries(schema)) {
      String name = String.valueOf(path.getFileName());
      String file = folder + "/" + name;
      Optional<String> ending = ending(name, endings);
      if (ending.isPresent() && !isHelper(name)) {
        table(schemaName, path, file, ending.get(), tables);
      } else if (name.equals(SidecarReader.FILE)) {
        sidecars.add(new TableFile(file, path, new TableName(schemaName, "_schema")));
      } else if (hasEnding(name, ".yml") || hasEnding(name, ".yaml")) {
        problems.error(
            Location.of(file),
            "a YAML file here is called " + SidecarReader.FILE,
            "rename it, or move it to sources/ or tests/");
      } else if (Files.isDirectory(path)) {
        endings.forEach(e -> tooDeep(path, file, e, form + e));
      }
    }
  }

  /** Python files whose names start with an underscore are modules that models import. */
  private static boolean isHelper(String name) {
    return isPython(name) && name.startsWith("_");
  }

  private void table(String schema, Path path, String file, String ending, List<TableFile> tables) {
    String table = stem(path, ending);
    if (hasEnding(table, ".spark")) {
      notices.add("variants for Spark are not built yet; left alone: " + file);
      return;
    }
    Optional<String> mistake = NameRules.mistake(table);
    if (mistake.isPresent()) {
      problems.error(
          Location.of(NameRules.shown(file)),
          "the table's name \"" + NameRules.shown(table) + "\" " + mistake.get(),
          "rename the file");
    } else {
      tables.add(new TableFile(file, path, new TableName(schema, table)));
    }
  }

  private void tooDeep(Path folder, String file, String ending, String form) {
    try (Stream<Path> below = Files.walk(folder)) {
      below
          .filter(path -> hasEnding(String.valueOf(path.getFileName()), ending))
          .filter(path -> !isHelper(String.valueOf(path.getFileName())))
          .sorted()
          .forEach(path ->
              problems.error(
                  Location.of(relative(path)),
                  "the file lies too deep to be read",
                  "move it to " + form));
    } catch (IOException | UncheckedIOException e) {
      problems.error(Location.of(file), "cannot be read: " + SourceText.reason(folder, e));
    }
  }

  private String relative(Path path) {
    return root.relativize(path).toString().replace('\\', '/');
  }

  /** What lies in a folder, sorted by name; hidden files are left out, and no folder is empty. */
  private List<Path> entries(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    List<Path> entries = new ArrayList<>();
    try (Stream<Path> list = Files.list(folder)) {
      list.filter(path -> !String.valueOf(path.getFileName()).startsWith("."))
          .filter(path -> !path.endsWith("__pycache__"))
          .forEach(entries::add);
    } catch (IOException | UncheckedIOException e) {
      problems.error(
          Location.of(relative(folder)), "cannot be read: " + SourceText.reason(folder, e));
    }
    Collections.sort(entries);
    return entries;
  }

  private static boolean hasEnding(String name, String ending) {
    return name.regionMatches(true, name.length() - ending.length(), ending, 0, ending.length());
  }

  private static String stem(Path path, String ending) {
    String name = String.valueOf(path.getFileName());
    return name.substring(0, name.length() - ending.length());
  }

  /** The file's schema folder in lower case, to tell sidecars of models and of seeds apart. */
  static boolean isModel(TableFile file) {
    return file.file().toLowerCase(Locale.ROOT).startsWith("models/");
  }
}
