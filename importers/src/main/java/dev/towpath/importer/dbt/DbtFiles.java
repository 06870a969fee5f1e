package dev.towpath.importer.dbt;

import dev.towpath.core.yaml.Problems;
import dev.towpath.core.yaml.SourceText;
import dev.towpath.core.yaml.YamlMap;
import dev.towpath.importer.jinja.JinjaException;
import dev.towpath.importer.jinja.Template;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds and reads the files of a dbt project. */
final class DbtFiles {
  private final Path root;
  private final YamlMap project;
  private final Notes notes;

  /** A file below one of a kind's folders. */
  record Found(String file, Path path, List<String> folders, String stem) {}

  DbtFiles(Path root, YamlMap project, Notes notes) {
    this.root = root;
    this.project = project;
    this.notes = notes;
  }

  /** Reads dbt_project.yml. */
  static YamlMap project(Path root, Notes notes) {
    Path file = root.resolve("dbt_project.yml");
    if (!Files.isRegularFile(file)) {
      throw new TowpathException(
          Files.isDirectory(root)
              ? "there is no dbt_project.yml in " + root
              : "there is no folder " + root,
          "name the folder of a dbt project");
    }
    return Plain.map("dbt_project.yml", file, notes)
        .orElseThrow(() -> new TowpathException(notes.list()));
  }

  /** The folders that a key such as {@code model-paths} names. */
  List<String> folders(String key, String fallback) {
    List<String> named =
        Plain.value(project, key).map(v -> Plain.texts(Plain.of(v))).orElse(List.of());
    return named.isEmpty() ? List.of(fallback) : named;
  }

  /** All files with an ending below folders, sorted. */
  List<Found> find(List<String> folders, String ending) {
    List<Found> found = new ArrayList<>();
    for (String folder : folders) {
      Path base = root.resolve(folder);
      if (!Files.isDirectory(base)) {
        continue;
      }
      try (Stream<Path> paths = Files.walk(base)) {
        paths
            .filter(p ->
                p.toString().toLowerCase(Locale.ROOT).endsWith(ending) && Files.isRegularFile(p))
            .sorted()
            .forEach(p -> found.add(found(base, p, ending)));
      } catch (IOException e) {
        throw new TowpathException(
            "cannot read " + base + ": " + SourceText.reason(base, e), null, e);
      }
    }
    return found;
  }

  private Found found(Path base, Path path, String ending) {
    List<String> folders = new ArrayList<>();
    Path below = base.relativize(path);
    for (int i = 0; i < below.getNameCount() - 1; i++) {
      folders.add(below.getName(i).toString());
    }
    String name = String.valueOf(path.getFileName());
    return new Found(
        relative(path), path, folders, name.substring(0, name.length() - ending.length()));
  }

  private String relative(Path path) {
    return root.relativize(path).toString().replace('\\', '/');
  }

  /** Reads a text; what is wrong with it is noted. */
  Optional<SourceText> text(Found file) {
    Problems problems = new Problems();
    Optional<SourceText> text = SourceText.read(file.file(), file.path(), problems);
    notes.all(problems.list());
    return text;
  }

  /** Parses a template; what is wrong with it is noted. */
  Optional<Template> template(Found file) {
    Optional<SourceText> text = text(file);
    try {
      return text.map(Template::parse);
    } catch (JinjaException e) {
      notes.missing(e.location(), e.what(), e.todo());
      return Optional.empty();
    }
  }
}
