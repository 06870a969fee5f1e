package dev.towpath.core.project;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A project as text, for people to compare: problems first, then all that was read. */
final class ProjectText {
  private final List<String> lines = new ArrayList<>();

  static String of(Project project) {
    ProjectText text = new ProjectText();
    text.write(project);
    return String.join("\n", text.lines) + "\n";
  }

  private void write(Project project) {
    project.problems().forEach(p -> lines.add(p.toString()));
    lines.add("--");
    project.notices().forEach(n -> lines.add("notice: " + n));
    lines.add("project " + project.name());
    project.environments().forEach(this::environment);
    new TreeMap<>(project.vars())
        .forEach((name, v) -> lines.add("var " + name + " " + v.type().sql() + " = " + v.text()));
    project.sources().forEach(this::source);
    for (Seed seed : project.seeds()) {
      lines.add("seed " + seed.name() + " " + seed.hash().substring(0, 8));
      described(seed.description(), seed.columns(), seed.checks(), seed.tags());
    }
    project.models().forEach(this::model);
    project.tests().forEach(this::test);
    project.endpoints().forEach(this::endpoint);
    project.dashboards().forEach(this::dashboard);
    project.flows().forEach(this::flow);
    project.macros().forEach(macro -> lines.add("macros " + macro.file()));
  }

  private void environment(Environment e) {
    lines.add("environment " + e.name() + " " + e.engine());
    add("lake", e.lake());
    add("metadata", e.metadata());
    add("memory", e.memory());
    add("threads", e.threads());
    add("keep", e.keep());
    e.problems().forEach(p -> lines.add("  when used: " + p.toString().replace("\n", "\n  ")));
  }

  private void source(Source source) {
    lines.add("source " + source.name() + " " + source.type() + " " + source.schema());
    add("description", source.description());
    add("freshness", source.freshness());
    list("tags", source.tags());
    for (Source.Table table : source.tables()) {
      lines.add(
          "  table "
              + table.declaration().name()
              + " "
              + table.declaration().mode()
              + " "
              + new TreeMap<>(table.declaration().options())
              + " "
              + new TreeMap<>(table.declaration().sourceOptions())
              + " "
              + table.declaration().location());
      table.declaration().columns().ifPresent(c -> lines.add("  schema " + c.columns()));
      described(table.description(), table.columns(), table.checks(), table.tags());
    }
  }

  private void model(Model model) {
    lines.add("model " + model.name() + " " + model.kind());
    add("contract", Optional.of(model.contract()).filter(c -> c));
    model
        .time()
        .ifPresent(t ->
            lines.add(
                "  time %s by %s in %s, %d back, from %s"
                    .formatted(t.column(), t.grain(), t.zone(), t.lookback(), t.start())));
    list("key", model.key());
    add(
        "changes",
        Optional.of(model.changes())
            .filter(c -> !c.equals(dev.towpath.core.project.Model.Changes.NONE))
            .map(c ->
                "%s delete %s updated %s close %s keep %s"
                    .formatted(
                        c.batch(),
                        c.deleteWhen().map(dev.towpath.core.project.Check::rule),
                        c.updatedAt(),
                        c.closeDeleted(),
                        c.keep())));
    list("partition_by", model.partitionBy().stream().map(p -> p.name()).toList());
    list("sort_by", model.sortBy().stream().map(Object::toString).toList());
    list("ignore_changes", model.ignoreChanges());
    add("volatile", Optional.of(model.isVolatile()).filter(v -> v));
    add("refresh", model.refresh());
    add("python", model.python());
    described(model.description(), model.columns(), model.checks(), model.tags());
  }

  private void described(
      Optional<String> description,
      List<ColumnDeclaration> columns,
      List<Check> checks,
      List<String> tags) {
    add("description", description);
    for (ColumnDeclaration column : columns) {
      lines.add(
          "  column "
              + column.name()
              + column.type().map(t -> " " + t.sql()).orElse("")
              + column.description().map(d -> " (" + d + ")").orElse(""));
    }
    for (Check check : checks) {
      lines.add(
          "  check "
              + check.name()
              + (check.warn() ? " warns" : "")
              + " "
              + check.rule()
              + " "
              + check.location());
    }
    list("tags", tags);
  }

  private void test(UnitTest test) {
    lines.add("test " + test.name() + " of " + test.model() + (test.ordered() ? " ordered" : ""));
    new TreeMap<>(test.given())
        .forEach((table, rows) -> rows.forEach(r -> lines.add("  " + table + " " + r.values())));
    test.expect().forEach(r -> lines.add("  expect " + r.values()));
    new TreeMap<>(test.parameters()).forEach((name, v) -> lines.add("  $" + name + " = " + v));
  }

  private void flow(Flow flow) {
    lines.add("flow " + flow.name() + " " + flow.trigger() + " in " + flow.zone());
    add("description", flow.description());
    lines.add("  run " + flow.select());
    add("from", flow.start());
    add("to", flow.end());
    add("catchup", Optional.of(flow.catchup()).filter(c -> c));
    parameters(flow.parameters(), Optional.empty());
    lines.add("  when due again " + flow.concurrency() + ", " + flow.retries());
    add("timeout", flow.timeout());
    add("deadline", flow.deadline());
    add("priority", Optional.of(flow.priority()).filter(p -> p != 0));
    add("paused", Optional.of(flow.paused()).filter(p -> p));
    flow.notices().forEach(n -> lines.add("  tells " + n));
    list("tags", flow.tags());
  }

  private void dashboard(Dashboard dashboard) {
    lines.add("dashboard " + dashboard.name() + " " + dashboard.title());
    add("description", dashboard.description());
    add("owner", dashboard.owner());
    list("tags", dashboard.tags());
    dashboard
        .filters()
        .forEach(f -> {
          lines.add(
              "  filter "
                  + f.name()
                  + (f.range() ? " range" : "")
                  + (f.required() ? " required" : "")
                  + new java.util.TreeMap<>(f.fallback())
                  + f.choices()
                  + f.options().map(q -> " options at " + q.start()).orElse(""));
          parameters(f.parameters(), Optional.empty());
        });
    dashboard
        .queries()
        .forEach(q ->
            lines.add("  query " + q.name() + (q.named() ? "" : " (own)") + " at " + q.start()));
    dashboard
        .blocks()
        .forEach(b ->
            lines.add(
                "  "
                    + switch (b) {
                      case Dashboard.Prose p -> p.id() + " " + p.html().replace("\n", "|");
                      case Dashboard.Chart c ->
                          c.id()
                              + " "
                              + c.type()
                              + " of "
                              + c.query().column()
                              + " "
                              + new java.util.TreeMap<>(c.columns())
                              + " "
                              + c.look()
                              + " "
                              + c.click()
                              + c.geo().map(g -> " " + g).orElse("");
                      case Dashboard.Figure f -> f.id() + " " + f.look() + " " + f.limits();
                      case Dashboard.Table t ->
                          t.id() + " of " + t.query().column() + " " + t.columns() + " " + t.page();
                      case Dashboard.Metric m ->
                          m.id()
                              + " of "
                              + m.query().column()
                              + " "
                              + m.value()
                              + " "
                              + m.compare();
                    }));
  }

  private void endpoint(Endpoint endpoint) {
    lines.add("endpoint " + endpoint.name() + " " + endpoint.method() + " " + endpoint.path());
    add("description", endpoint.description());
    parameters(endpoint.parameters(), Optional.of(endpoint));
    if (!endpoint.answering().equals(Answering.DEFAULT)) {
      lines.add("  " + endpoint.answering());
    }
    list("tags", endpoint.tags());
  }

  private void parameters(List<Parameter> parameters, Optional<Endpoint> endpoint) {
    for (Parameter p : parameters) {
      lines.add(
          "  $"
              + p.name()
              + " "
              + p.type().sql()
              + p.fallback().map(f -> " = " + f).orElse("")
              + p.low().map(l -> " from " + l).orElse("")
              + p.high().map(h -> " to " + h).orElse("")
              + (p.values().isEmpty() ? "" : " of " + p.values())
              + (p.list() ? " list" : "")
              + (endpoint.map(e -> e.isInPath(p)).orElse(false) ? " in path" : ""));
    }
  }

  private void add(String label, Optional<?> value) {
    value.ifPresent(v -> lines.add("  " + label + " " + v));
  }

  private void list(String label, List<?> values) {
    if (!values.isEmpty()) {
      lines.add(
          "  "
              + label
              + " "
              + values.stream().map(String::valueOf).collect(Collectors.joining(", ")));
    }
  }
}
