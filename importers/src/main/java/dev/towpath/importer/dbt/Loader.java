package dev.towpath.importer.dbt;

import dev.towpath.core.yaml.SourceText;
import dev.towpath.core.yaml.YamlMap;
import dev.towpath.importer.jinja.JinjaException;
import dev.towpath.importer.jinja.Node;
import dev.towpath.importer.jinja.Template;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads everything of a dbt project into memory. */
final class Loader {
  private final Path root;
  private final DbtFiles files;
  private final Notes notes;
  private final Properties properties = new Properties();
  private final Map<String, String> docs = new HashMap<>();

  Loader(Path root, DbtFiles files, Notes notes) {
    this.root = root;
    this.files = files;
    this.notes = notes;
  }

  Properties properties() {
    return properties;
  }

  Map<String, String> docs() {
    return docs;
  }

  private List<String> models() {
    return files.folders("model-paths", "models");
  }

  private List<String> tests() {
    return files.folders("test-paths", "tests");
  }

  /** Reads the YAML files and docs blocks. */
  void readProperties() {
    List<String> all = new ArrayList<>(models());
    all.addAll(files.folders("seed-paths", "seeds"));
    all.addAll(files.folders("snapshot-paths", "snapshots"));
    all.addAll(files.folders("macro-paths", "macros"));
    all.addAll(tests());
    for (String ending : List.of(".yml", ".yaml")) {
      for (DbtFiles.Found file : files.find(all.stream().distinct().toList(), ending)) {
        Plain.map(file.file(), file.path(), notes)
            .ifPresent(map -> properties.add(file.file(), map, notes));
      }
    }
    for (DbtFiles.Found file : files.find(all.stream().distinct().toList(), ".md")) {
      files.template(file).ifPresent(this::docs);
    }
  }

  private void docs(Template template) {
    for (Node node : template.nodes()) {
      if (node instanceof Node.Block block && block.kind().equals("docs")) {
        StringBuilder text = new StringBuilder();
        block.body().forEach(n -> text.append(n instanceof Node.Text t ? t.text() : ""));
        docs.put(block.name(), text.toString().strip());
      }
    }
  }

  /** Reads the macros of the project and of installed packages. */
  void readMacros(MacroLibrary library, String project) {
    List<String> own = new ArrayList<>(files.folders("macro-paths", "macros"));
    tests().forEach(folder -> own.add(folder + "/generic"));
    files.find(own, ".sql").forEach(f -> files.template(f).ifPresent(t -> library.add(project, t)));
    for (String name : installed()) {
      String folder = "dbt_packages/" + name;
      Notes quiet = new Notes(); // of a package only what is used matters, and that is told then
      DbtFiles of = new DbtFiles(root, DbtFiles.project(root.resolve(folder), quiet), quiet);
      of.find(List.of(folder + "/macros"), ".sql")
          .forEach(f -> of.template(f).ifPresent(t -> library.add(name, t)));
    }
  }

  /** The packages that {@code dbt deps} has put beside the project. */
  List<String> installed() {
    Path folder = root.resolve("dbt_packages");
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> list = Files.list(folder)) {
      return list.filter(p -> Files.isRegularFile(p.resolve("dbt_project.yml")))
          .map(p -> String.valueOf(p.getFileName()))
          .sorted()
          .toList();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Models, seeds, snapshots and singular tests, not yet configured. */
  List<Resource> resources(Output output) {
    List<Resource> all = new ArrayList<>();
    for (DbtFiles.Found file : files.find(models(), ".sql")) {
      files.template(file).ifPresent(t -> all.add(sql(Resource.Kind.MODEL, file, t)));
    }
    for (DbtFiles.Found file : files.find(models(), ".py")) {
      notes.missing(
          dev.towpath.spi.Location.of(file.file()),
          "the Python model " + file.stem() + " was left out",
          "it lies in not-imported/" + file.file());
      output.keep(file.file(), file.path());
    }
    for (DbtFiles.Found file : files.find(files.folders("seed-paths", "seeds"), ".csv")) {
      all.add(resource(Resource.Kind.SEED, file, file.stem(), Optional.empty(), List.of()));
    }
    for (DbtFiles.Found file : files.find(files.folders("snapshot-paths", "snapshots"), ".sql")) {
      files.template(file).ifPresent(t -> snapshots(file, t, all));
    }
    properties.all("snapshots").stream()
        .filter(map -> Plain.text(map, "relation").isPresent())
        .forEach(map -> snapshot(map).ifPresent(all::add));
    for (DbtFiles.Found file : files.find(tests(), ".sql")) {
      if (!file.folders().contains("generic")) {
        files.template(file).ifPresent(t -> all.add(sql(Resource.Kind.TEST, file, t)));
      }
    }
    return all;
  }

  private Resource sql(Resource.Kind kind, DbtFiles.Found file, Template template) {
    return resource(kind, file, file.stem(), Optional.of(template), template.nodes());
  }

  private Resource resource(
      Resource.Kind kind,
      DbtFiles.Found file,
      String name,
      Optional<Template> template,
      List<Node> body) {
    Optional<YamlMap> said = properties.of(kind.key, name);
    return new Resource(
        kind, name, file.file(), file.path(), file.folders(), template, body, said, Map.of());
  }

  private void snapshots(DbtFiles.Found file, Template template, List<Resource> all) {
    for (Node node : template.nodes()) {
      if (node instanceof Node.Block block && block.kind().equals("snapshot")) {
        all.add(
            resource(
                Resource.Kind.SNAPSHOT, file, block.name(), Optional.of(template), block.body()));
      }
    }
  }

  /** A snapshot that is only YAML selects everything of its relation. */
  private Optional<Resource> snapshot(YamlMap map) {
    String file = properties.file(map);
    String name = Plain.text(map, "name").orElse("snapshot");
    String relation = Plain.text(map, "relation").orElse("");
    try {
      Template template =
          Template.parse(new SourceText(file, "SELECT *\nFROM {{ " + relation + " }}"));
      return Optional.of(
          new Resource(
              Resource.Kind.SNAPSHOT,
              name,
              file,
              root.resolve(file),
              List.of(),
              Optional.of(template),
              template.nodes(),
              Optional.of(map),
              Map.of()));
    } catch (JinjaException e) {
      notes.missing(map.value().location(), e.what(), e.todo());
      return Optional.empty();
    }
  }
}
