package dev.towpath.importer.dbt;

import dev.towpath.core.yaml.SourceText;
import dev.towpath.core.yaml.YamlMap;
import dev.towpath.importer.jinja.Interpreter;
import dev.towpath.importer.jinja.JinjaException;
import dev.towpath.importer.jinja.Listener;
import dev.towpath.importer.jinja.Template;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Finds the configuration of each resource: dbt_project.yml, then YAML beside it, then its file.
 */
final class Configuration {
  private final YamlMap project;
  private final String name;
  private final Context context;
  private final Notes notes;

  Configuration(YamlMap project, String name, Context context, Notes notes) {
    this.project = project;
    this.name = name;
    this.context = context;
    this.notes = notes;
  }

  /** The resources that are enabled, configured. */
  List<Resource> of(List<Resource> resources) {
    List<Resource> all = new ArrayList<>();
    for (Resource resource : resources) {
      Resource configured = configured(resource);
      if (configured.truth("enabled", true)) {
        all.add(configured);
      } else {
        notes.different(
            resource.at("enabled"),
            resource.name() + " is not enabled, and was left out",
            "nothing is to be done");
      }
    }
    return all;
  }

  private Resource configured(Resource resource) {
    UnaryOperator<Object> render = value -> rendered(resource, value);
    String key = resource.kind().key;
    Optional<YamlMap> tree =
        Plain.map(project, key)
            .or(() ->
                resource.kind() == Resource.Kind.TEST
                    ? Plain.map(project, "tests")
                    : Optional.empty());
    Map<String, Object> config =
        new ConfigTree(tree, render).of(name, resource.folders(), resource.name());
    resource
        .properties()
        .ifPresent(map -> {
          Plain.map(map, "config")
              .ifPresent(c -> {
                Map<String, Object> more = new LinkedHashMap<>();
                c.entries().forEach(e -> more.put(e.key(), render.apply(Plain.of(e.value()))));
                ConfigTree.merge(config, more);
              });
          Plain.value(map, "tags")
              .ifPresent(t -> ConfigTree.merge(config, Map.of("tags", Plain.of(t))));
        });
    Resource so = resource.with(config);
    if (resource.template().isPresent()) {
      ConfigTree.merge(config, inFile(so));
    }
    return resource.with(config);
  }

  /** What {@code config(...)} says; what fails here fails again when the query is rendered. */
  private Map<String, Object> inFile(Resource resource) {
    Session session = context.open(resource, Session.Mode.FULL, false);
    try {
      session.text(session.render());
    } catch (JinjaException e) {
      session.tell(e.what(), e.location());
    }
    return session.config();
  }

  private Object rendered(Resource resource, Object value) {
    if (!(value instanceof String text) || !text.contains("{{")) {
      return value;
    }
    try {
      Template template = Template.parse(new SourceText("dbt_project.yml", text));
      Session session = context.open(resource, Session.Mode.FULL, false);
      Interpreter interpreter = new Interpreter(template, session.scope(), Listener.PLAIN);
      if (template.nodes().size() == 1
          && template.nodes().getFirst() instanceof dev.towpath.importer.jinja.Node.Output output) {
        return interpreter.value(output.value());
      }
      return interpreter.render(template.nodes());
    } catch (JinjaException e) {
      notes.missing(resource.at(), e.what(), e.todo());
      return value;
    }
  }
}
