package dev.towpath.core.project;

import dev.towpath.core.access.Access;
import dev.towpath.spi.Problem;
import dev.towpath.spi.S3Connection;
import dev.towpath.spi.TableName;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A folder of plain files, read. Everything that could be read is here, even when some files had
 * problems.
 *
 * @param root the folder that holds {@code towpath.yml}
 * @param files the folder that its files were read from: the root, or a copy of them as they were
 * @param environments in the order of the file; the first is the default; at least one
 * @param vars project variables by name
 * @param onRequest selectors of what is built only when a command names it
 * @param telling how people are told what happened
 * @param accessRules what each role may read
 * @param embedding origins whose pages may show dashboards in a frame
 * @param pools slots that tasks of flows share, by name
 * @param connections other systems by name; {@code ${NAME}}s in them are not resolved yet
 * @param macros {@code macros/*.sql}, in order of path
 * @param variables what {@code ${NAME}} stands for
 * @param notices folders whose kind is not built yet, in plain words
 * @param problems everything wrong with the files themselves, sorted
 * @param redaction puts {@code ${NAME}} in the place of every secret in a message
 */
public record Project(
    Path root,
    Path files,
    String name,
    List<Environment> environments,
    Map<String, Variable> vars,
    List<Flow.Choice> onRequest,
    Map<String, Integer> pools,
    Map<String, S3Connection> connections,
    List<Source> sources,
    List<Seed> seeds,
    List<Model> models,
    List<UnitTest> tests,
    List<Endpoint> endpoints,
    List<Dashboard> dashboards,
    List<Flow> flows,
    List<Job> jobs,
    Telling telling,
    AccessRules accessRules,
    List<String> embedding,
    List<Macro> macros,
    Variables variables,
    List<String> notices,
    List<Problem> problems,
    UnaryOperator<String> redaction) {
  public Project {
    environments = List.copyOf(environments);
    vars = Map.copyOf(vars);
    onRequest = List.copyOf(onRequest);
    pools = Map.copyOf(pools);
    connections = Map.copyOf(connections);
    sources = List.copyOf(sources);
    seeds = List.copyOf(seeds);
    models = List.copyOf(models);
    tests = List.copyOf(tests);
    endpoints = List.copyOf(endpoints);
    dashboards = List.copyOf(dashboards);
    flows = List.copyOf(flows);
    jobs = List.copyOf(jobs);
    embedding = List.copyOf(embedding);
    macros = List.copyOf(macros);
    notices = List.copyOf(notices);
    problems = List.copyOf(problems);
  }

  /** What each role may read. */
  public Access access() {
    return accessRules.access();
  }

  /** The model of that name. */
  public Optional<Model> model(TableName name) {
    return models.stream().filter(m -> m.name().equals(name)).findFirst();
  }

  /** The flow of that name. */
  public Optional<Flow> flow(String name) {
    return flows.stream().filter(f -> f.name().equals(name)).findFirst();
  }

  /** The job of that name. */
  public Optional<Job> job(String name) {
    return jobs.stream().filter(j -> j.name().equals(name)).findFirst();
  }

  /** The dashboard of that name. */
  public Optional<Dashboard> dashboard(String name) {
    return dashboards.stream().filter(d -> d.name().equals(name)).findFirst();
  }

  /** The environment of that name. */
  public Optional<Environment> environment(String name) {
    return environments.stream().filter(e -> e.name().equals(name)).findFirst();
  }
}
