package dev.towpath.importer.dbt;

import dev.towpath.core.yaml.SourceText;
import dev.towpath.core.yaml.YamlMap;
import dev.towpath.spi.Location;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Turns a dbt project into a Towpath project. Reads files only: no dbt, no warehouse. */
public final class DbtImport {
  private final Path root;
  private final Path target;
  private final Optional<Path> data;
  private final Notes notes = new Notes();
  private final Output output = new Output();
  private final Catalog catalog = new Catalog();

  /**
   * An import.
   *
   * @param root the folder of dbt_project.yml
   * @param target the new project's folder, missing or empty
   * @param data a folder with files of the sources' tables, by name
   */
  public DbtImport(Path root, Path target, Optional<Path> data) {
    this.root = root.toAbsolutePath().normalize();
    this.target = target.toAbsolutePath().normalize();
    this.data = data.map(d -> d.toAbsolutePath().normalize());
  }

  /** The name in a dbt_project.yml. */
  public static String projectName(Path root) {
    return Plain.text(DbtFiles.project(root, new Notes()), "name").orElse("imported");
  }

  /**
   * Reads the dbt project and writes the new one.
   *
   * @throws TowpathException when there is no dbt project, or the target is not empty
   */
  public Imported run() {
    refuseFullTarget();
    YamlMap project = DbtFiles.project(root, notes);
    String name = Plain.text(project, "name").orElse("imported");
    Profile profile = Profile.read(root, Plain.text(project, "profile").orElse(name), name, notes);
    DbtFiles files = new DbtFiles(root, project, notes);
    Loader loader = new Loader(root, files, notes);
    loader.readProperties();
    MacroLibrary macros = new MacroLibrary(name);
    loader.readMacros(macros, name);
    Vars vars = Vars.read(project, name);
    Context context = new Context(name, catalog, macros, vars, profile, loader.docs());
    Naming naming = new Naming(name, profile, context, notes);

    List<Resource> resources =
        new Configuration(project, name, context, notes).of(loader.resources(output));
    List<Resource> tables = named(resources, naming);
    SourceCatalog sources = new SourceCatalog(catalog, naming, notes);
    sources.add(loader.properties());
    Descriptions descriptions = new Descriptions(context, catalog, project, notes);
    descriptions.read(tables, sources);

    ModelWriter models = new ModelWriter(context, catalog, notes);
    for (Resource resource : tables) {
      write(resource, models, descriptions);
    }
    resources.stream()
        .filter(r -> r.kind() == Resource.Kind.TEST)
        .forEach(test -> descriptions.singular(test));
    SourceWriter writer = new SourceWriter(root, target, data, profile, notes);
    int written = sources.write(writer, descriptions, output);
    descriptions.write(output);
    unitTests(loader.properties(), context, files);
    projectFile(name, vars);
    new Leftovers(root, notes).note(project, loader.properties(), files, loader.installed());
    output.add("IMPORT.md", Report.text(name, notes.list()));
    output.add(".gitignore", ".towpath/\n.env\n");
    output.write(target);
    return new Imported(
        target,
        count("models/", ".sql"),
        count("seeds/", ".csv"),
        written,
        List.copyOf(output.files().keySet()),
        notes.list());
  }

  private int count(String folder, String ending) {
    return (int)
        output.files().keySet().stream()
            .filter(f -> f.startsWith(folder) && f.endsWith(ending))
            .count();
  }

  private void refuseFullTarget() {
    if (!Files.exists(target)) {
      return;
    }
    try (Stream<Path> entries = Files.list(target)) {
      if (entries.findAny().isPresent()) {
        throw new TowpathException(
            target + " is not empty", "name a folder that is not there yet with --to");
      }
    } catch (IOException e) {
      throw new TowpathException(
          "cannot read " + target + ": " + SourceText.reason(target, e), null, e);
    }
  }

  /** The resources that become tables, entered into the catalog; collisions are noted. */
  private List<Resource> named(List<Resource> resources, Naming naming) {
    List<Resource> tables = new ArrayList<>();
    for (Resource resource : resources) {
      if (resource.kind() == Resource.Kind.TEST) {
        continue;
      }
      TableName table = naming.table(resource);
      Optional<String> earlier = catalog.add(resource, table);
      if (earlier.isPresent()) {
        notes.missing(
            resource.at(),
            "the table " + table + " is there already, from " + earlier.get(),
            "give one of them another alias or schema");
        output.keep(resource.file(), resource.path());
      } else {
        tables.add(resource);
      }
    }
    return tables;
  }

  private void write(Resource resource, ModelWriter models, Descriptions descriptions) {
    TableName table = catalog.table(resource.name()).orElseThrow();
    if (resource.kind() == Resource.Kind.SEED) {
      seed(resource, table, descriptions);
      return;
    }
    Optional<ModelWriter.Written> written = models.write(resource);
    if (written.isEmpty()) {
      output.keep(resource.file(), resource.path());
      descriptions.forget(table);
      return;
    }
    output.add("models/" + table.schema() + "/" + table.table() + ".sql", written.get().text());
  }

  private void seed(Resource seed, TableName table, Descriptions descriptions) {
    try {
      String delimiter = seed.text("delimiter").orElse(",");
      String text = Files.readString(seed.path());
      List<List<String>> rows = Csv.read(text.replaceFirst("^\uFEFF", ""), delimiter.charAt(0));
      if (rows.isEmpty()) {
        notes.missing(Location.of(seed.file()), "the seed is empty", "remove it");
        return;
      }
      output.add(
          "seeds/" + table.schema() + "/" + table.table() + ".csv",
          delimiter.equals(",") ? text : Csv.write(rows));
      descriptions.types(table, seedTypes(seed, rows));
    } catch (IOException e) {
      notes.missing(
          Location.of(seed.file()),
          "cannot be read: " + SourceText.reason(seed.path(), e),
          "copy it by hand");
    }
  }

  private static Map<String, Object> seedTypes(Resource seed, List<List<String>> rows) {
    Map<String, Object> types = SeedTypes.of(rows);
    if (seed.config().get("column_types") instanceof Map<?, ?> given) {
      given.forEach((column, type) ->
          types.replace(
              String.valueOf(column), String.valueOf(type).toLowerCase(java.util.Locale.ROOT)));
    }
    return types;
  }

  private void unitTests(Properties properties, Context context, DbtFiles files) {
    Path fixtures =
        root.resolve(files.folders("test-paths", "tests").getFirst()).resolve("fixtures");
    UnitTestWriter writer = new UnitTestWriter(context, catalog, fixtures, notes);
    Map<String, List<Object>> byFile = new LinkedHashMap<>();
    for (YamlMap map : properties.all("unit_tests")) {
      writer
          .write(map)
          .ifPresent(test ->
              byFile
                  .computeIfAbsent(test.getKey().table(), _ -> new ArrayList<>())
                  .add(test.getValue()));
    }
    byFile.forEach((table, tests) -> output.add("tests/" + table + ".yml", YamlOut.listOf(tests)));
  }

  private void projectFile(String name, Vars vars) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("project", name);
    if (!vars.kept().isEmpty()) {
      Map<String, Object> kept = new LinkedHashMap<>();
      vars.kept()
          .forEach((key, value) ->
              kept.put(
                  key,
                  value instanceof String s && s.matches("\\d{4}-\\d{2}-\\d{2}")
                      ? new YamlOut.Word(s)
                      : value));
      map.put("vars", kept);
    }
    output.add("towpath.yml", YamlOut.of(map));
  }
}
