package dev.towpath.core.project;

import dev.towpath.core.yaml.Problems;
import dev.towpath.core.yaml.SourceText;
import dev.towpath.spi.JobRunner;
import dev.towpath.spi.Location;
import dev.towpath.spi.Problem;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Reads a folder of plain files into a {@link Project}. Every mistake in every file is collected;
 * whatever could be read is there all the same.
 */
public final class ProjectReader {
  private final Path root;
  private final Path copy;
  private final SourceTypes types;
  private final Collection<? extends JobRunner> runners;
  private final List<Problem> problems = new ArrayList<>();

  private ProjectReader(
      Path root, Path copy, SourceTypes types, Collection<? extends JobRunner> runners) {
    this.root = root;
    this.copy = copy;
    this.types = types;
    this.runners = runners;
  }

  /** Reads a project whose jobs nobody runs. */
  public static Project read(Path root, Map<String, String> variables, SourceTypes types) {
    return read(root, variables, types, List.of());
  }

  /**
   * Reads the project in a folder.
   *
   * @param variables of the process, for {@code ${NAME}}; they win over a {@code .env} file
   * @param runners the types of jobs there are
   * @throws TowpathException when the folder holds no {@code towpath.yml}
   */
  public static Project read(
      Path root,
      Map<String, String> variables,
      SourceTypes types,
      Collection<? extends JobRunner> runners) {
    Path folder = root.toAbsolutePath().normalize();
    if (!Files.exists(folder.resolve(ProjectFileReader.FILE))) {
      throw new TowpathException(
          Files.isDirectory(folder)
              ? "there is no towpath.yml in " + root
              : "there is no folder " + root,
          "go to a project's folder, or start one with: towpath init");
    }
    return new ProjectReader(folder, folder, types, runners).read(variables);
  }

  /**
   * Reads a project from a copy of its files.
   *
   * @param root what relative paths of data start from, and where {@code .env} is
   */
  public static Project read(
      Path root,
      Path copy,
      Map<String, String> variables,
      SourceTypes types,
      Collection<? extends JobRunner> runners) {
    return new ProjectReader(
            root.toAbsolutePath().normalize(), copy.toAbsolutePath().normalize(), types, runners)
        .read(variables);
  }

  /** A file's outcome; problems stay apart until all files are read, in parallel. */
  private record Outcome<T>(Optional<T> value, List<Problem> problems) {}

  private Project read(Map<String, String> process) {
    Problems general = new Problems();
    Variables variables = Variables.of(process, dotEnv(general), general);
    ProjectFileReader.Content content = content(variables);
    ProjectFiles files = new ProjectFiles(copy, general);
    Map<TableName, Described> modelSidecars = sidecars(files, true);
    Map<TableName, Described> seedSidecars = sidecars(files, false);
    List<ProjectFiles.NamedFile> sourceFiles = files.flat("sources", ".yml");
    List<Source> sources =
        each(
            sourceFiles,
            (file, found) ->
                SourceText.read(file.file(), file.path(), found)
                    .flatMap(text ->
                        SourceFileReader.read(root, text, file.name(), types, variables, found)));
    List<Seed> seeds =
        each(
            files.seeds(),
            (file, found) -> seed(file, Optional.ofNullable(seedSidecars.get(file.name())), found));
    List<Model> models =
        each(
            files.models(),
            (file, found) ->
                SourceText.read(file.file(), file.path(), found)
                    .map(text ->
                        ModelReader.read(
                            text,
                            file.name(),
                            Optional.ofNullable(modelSidecars.get(file.name())),
                            content.zone(),
                            found)));
    List<UnitTest> tests =
        each(
                files.flat("tests", ".yml"),
                (file, found) ->
                    SourceText.read(file.file(), file.path(), found)
                        .map(text ->
                            UnitTestReader.read(text, file.name(), content.vars().keySet(), found)))
            .stream()
            .flatMap(List::stream)
            .toList();
    List<Endpoint> endpoints =
        each(
            files.flat("apis", ".sql"),
            (file, found) ->
                SourceText.read(file.file(), file.path(), found)
                    .flatMap(text -> EndpointReader.read(text, file.name(), found)));
    List<Dashboard> dashboards =
        each(
            files.flat("dashboards", ".md").stream()
                .filter(file -> !file.name().equalsIgnoreCase("readme"))
                .toList(),
            (file, found) ->
                SourceText.read(file.file(), file.path(), found)
                    .flatMap(text -> DashboardReader.read(text, file.name(), found)));
    List<Flow> flows =
        each(
            files.flat("flows", ".yml"),
            (file, found) ->
                SourceText.read(file.file(), file.path(), found)
                    .flatMap(text ->
                        FlowReader.read(
                            text,
                            file.name(),
                            content.zone(),
                            content.telling().notices(),
                            found)));
    List<Job> jobs =
        each(
            files.flat("jobs", ".yml"),
            (file, found) ->
                SourceText.read(file.file(), file.path(), found)
                    .flatMap(
                        text -> JobReader.read(root, copy, text, file.name(), runners, found)));
    List<Macro> macros =
        each(
            files.flat("macros", ".sql"),
            (file, found) ->
                SourceText.read(file.file(), file.path(), found)
                    .map(text -> new Macro(file.file(), text.text())));
    NameClaims claims = new NameClaims(general);
    List<Source> ownSources = sources.stream().map(s -> unclaimed(s, claims)).toList();
    List<Seed> ownSeeds =
        seeds.stream().filter(s -> claims.claim(s.name(), Location.of(s.file()))).toList();
    List<Model> ownModels =
        models.stream().filter(m -> claims.claim(m.name(), Location.of(m.file()))).toList();
    claims.endpoints(endpoints);
    Secrets secrets = new Secrets(variables);
    secrets.jobs(jobs, runners);
    secrets.flows(flows);
    secrets.telling(content.telling());
    secrets.connections(content.connections().values());
    secrets.models(ownModels);
    problems.addAll(general.list());
    return new Project(
        root,
        copy,
        content.name(),
        content.environments(),
        content.vars(),
        content.onRequest(),
        content.pools(),
        content.connections(),
        ownSources,
        ownSeeds,
        ownModels,
        tests,
        endpoints,
        dashboards,
        flows,
        jobs,
        content.telling(),
        content.access(),
        content.embedding(),
        macros,
        variables,
        files.notices(),
        problems.stream().distinct().sorted().toList(),
        variables::redacted);
  }

  private Optional<SourceText> dotEnv(Problems general) {
    Path file = root.resolve(".env");
    return Files.exists(file) ? SourceText.read(".env", file, general) : Optional.empty();
  }

  private ProjectFileReader.Content content(Variables variables) {
    Problems found = new Problems();
    String folder = String.valueOf(Optional.ofNullable(root.getFileName()).orElse(root));
    Path file = copy.resolve(ProjectFileReader.FILE);
    SourceText text =
        SourceText.read(ProjectFileReader.FILE, file, found)
            .orElse(new SourceText(ProjectFileReader.FILE, ""));
    ProjectFileReader.Content content = ProjectFileReader.read(text, folder, variables, found);
    problems.addAll(found.list());
    return content;
  }

  private Map<TableName, Described> sidecars(ProjectFiles files, boolean models) {
    Map<TableName, Described> all = new HashMap<>();
    List<TableName> tables =
        (models ? files.models() : files.seeds())
            .stream().map(ProjectFiles.TableFile::name).toList();
    for (ProjectFiles.TableFile file : files.sidecars()) {
      if (ProjectFiles.isModel(file) == models) {
        Problems found = new Problems();
        String schema = file.name().schema();
        List<TableName> own = tables.stream().filter(t -> t.schema().equals(schema)).toList();
        SourceText.read(file.file(), file.path(), found)
            .map(t -> SidecarReader.read(t, models ? "models" : "seeds", schema, own, found))
            .ifPresent(all::putAll);
        problems.addAll(found.list());
      }
    }
    return all;
  }

  private static Optional<Seed> seed(
      ProjectFiles.TableFile file, Optional<Described> sidecar, Problems found) {
    Described described = Described.nothing(file.file()).with(sidecar, found);
    try {
      String hash = Fingerprints.of(Files.readAllBytes(file.path()));
      return Optional.of(
          new Seed(
              file.name(),
              file.file(),
              file.path(),
              hash,
              described.description(),
              described.columns(),
              described.checks(),
              described.tags()));
    } catch (IOException e) {
      found.error(Location.of(file.file()), "cannot be read: " + SourceText.reason(file.path(), e));
      return Optional.empty();
    }
  }

  private static Source unclaimed(Source source, NameClaims claims) {
    List<Source.Table> own =
        source.tables().stream()
            .filter(t -> claims.claim(t.declaration().name(), t.declaration().location()))
            .toList();
    return new Source(
        source.name(),
        source.type(),
        source.schema(),
        own,
        source.freshness(),
        source.tags(),
        source.description(),
        source.location());
  }

  /** Reads files side by side; keeps their order. */
  private <F, T> List<T> each(List<F> files, BiFunction<F, Problems, Optional<T>> read) {
    List<Outcome<T>> outcomes =
        files.parallelStream()
            .map(file -> {
              Problems found = new Problems();
              return new Outcome<>(read.apply(file, found), found.list());
            })
            .toList();
    List<T> values = new ArrayList<>();
    for (Outcome<T> outcome : outcomes) {
      outcome.value().ifPresent(values::add);
      problems.addAll(outcome.problems());
    }
    return values;
  }
}
