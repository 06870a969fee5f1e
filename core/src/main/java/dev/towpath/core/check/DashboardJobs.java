package dev.towpath.core.check;

import dev.towpath.core.parameter.GivenValues;
import dev.towpath.core.project.Dashboard;
import dev.towpath.core.project.Job;
import dev.towpath.core.project.Parameter;
import dev.towpath.core.project.Project;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Checks that jobs which deliver dashboards name ones that there are, with their filters. */
final class DashboardJobs {
  private final Project project;
  private final Problems problems;

  DashboardJobs(Project project, Problems problems) {
    this.project = project;
    this.problems = problems;
  }

  void run() {
    project.jobs().stream().filter(job -> job.type().equals("dashboard")).forEach(this::check);
  }

  private void check(Job job) {
    String name = job.declaration().text("dashboard").orElse("");
    if (name.isEmpty() || name.contains("${")) {
      return; // its runner has said so, or a run will know
    }
    Optional<Dashboard> dashboard = project.dashboard(name);
    if (dashboard.isEmpty()) {
      problems.error(
          job.declaration().at("dashboard"),
          "there is no dashboard \"" + name + "\"",
          Problems.didYouMean(name, project.dashboards().stream().map(Dashboard::name).toList())
              .or(() -> Optional.of("a dashboard's name is its file's, without ending")));
      return;
    }
    Optional<String> block = job.declaration().text("block").filter(b -> !b.contains("${"));
    List<String> ids =
        dashboard.get().blocks().stream()
            .filter(b -> b.source().isPresent())
            .map(Dashboard.Block::id)
            .toList();
    if (block.filter(b -> !ids.contains(b)).isPresent()) {
      problems.error(
          job.declaration().at("block"),
          "dashboard " + name + " has no block \"" + block.get() + "\"",
          Problems.didYouMean(block.get(), ids)
              .or(() -> Optional.of("it has " + String.join(", ", ids))));
    }
    filters(job).forEach((filter, texts) -> filter(job, dashboard.get(), filter, texts));
  }

  /** The values of filters by their names in an address. */
  private static Map<String, List<String>> filters(Job job) {
    Map<String, List<String>> filters = new LinkedHashMap<>();
    if (job.declaration().options().get("filters") instanceof Map<?, ?> map) {
      map.forEach((name, value) -> {
        if (value instanceof Map<?, ?> ends) {
          ends.forEach((end, text) -> filters.put(name + "." + end, texts(text)));
        } else {
          filters.put(String.valueOf(name), texts(value));
        }
      });
    }
    return filters;
  }

  private static List<String> texts(Object value) {
    List<String> texts = new ArrayList<>();
    if (value instanceof List<?> list) {
      list.forEach(one -> texts.add(String.valueOf(one)));
    } else {
      texts.add(String.valueOf(value));
    }
    return texts;
  }

  private void filter(Job job, Dashboard dashboard, String name, List<String> texts) {
    List<Parameter> all =
        dashboard.filters().stream().flatMap(f -> f.parameters().stream()).toList();
    Optional<Parameter> parameter = all.stream().filter(p -> p.name().equals(name)).findFirst();
    if (parameter.isEmpty()) {
      List<String> names = all.stream().map(Parameter::name).toList();
      problems.error(
          job.declaration().at("filters"),
          "dashboard " + dashboard.name() + " has no filter \"" + name + "\"",
          Problems.didYouMean(name, names)
              .or(() ->
                  Optional.of(
                      names.isEmpty() ? "it has none" : "it has " + String.join(", ", names))));
      return;
    }
    for (String text : texts) {
      if (text.contains("${") || text.isEmpty()) {
        continue; // a run will know, or nothing is chosen
      }
      boolean known = parameter.get().values().isEmpty() || parameter.get().values().contains(text);
      if (!known || GivenValues.value(parameter.get().type(), text).isEmpty()) {
        problems.error(
            job.declaration().at("filters"),
            "filter " + name + " cannot be \"" + text + "\"",
            parameter.get().values().isEmpty()
                ? "it is " + parameter.get().type().sql()
                : "it is one of " + String.join(", ", parameter.get().values()));
      }
    }
  }
}
