package dev.towpath.cli;

import dev.towpath.core.check.Checked;
import dev.towpath.core.check.CheckedDashboard;
import dev.towpath.core.graph.Asset;
import dev.towpath.core.project.Dashboard;
import dev.towpath.core.project.Endpoint;
import dev.towpath.spi.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Finds who reads all columns of a table, and so loses one that goes away without naming it: a
 * query with a star, and exports.
 */
final class StarReaders {
  private static final Pattern NO_CODE =
      Pattern.compile("'(?:[^']|'')*'|--[^\\n]*|/\\*.*?\\*/", Pattern.DOTALL);
  private static final Pattern COUNT =
      Pattern.compile("\\bcount\\s*\\(\\s*\\*\\s*\\)", Pattern.CASE_INSENSITIVE);
  private static final Pattern STAR =
      Pattern.compile(
          "(?:\\bselect|\\bdistinct|[,.(])\\s*\\*|\\bcolumns\\s*\\(", Pattern.CASE_INSENSITIVE);
  private static final Pattern SELECT = Pattern.compile("\\bselect\\b", Pattern.CASE_INSENSITIVE);

  private final Checked checked;

  StarReaders(Checked checked) {
    this.checked = checked;
  }

  /** Their names, such as {@code endpoint GET /daily}. */
  List<String> of(TableName table) {
    List<String> names = new ArrayList<>();
    for (TableName reader : checked.graph().readers(table)) {
      if (checked.graph().get(reader).definition() instanceof Asset.FromModel model
          && !model.isPython()
          && takesAll(model.model().text())) {
        names.add(reader.toString());
      }
    }
    for (Endpoint endpoint : checked.project().endpoints()) {
      if (checked.endpointReads().getOrDefault(endpoint.file(), List.of()).contains(table)
          && takesAll(endpoint.text())) {
        names.add("endpoint " + endpoint.method() + " " + endpoint.path());
      }
    }
    for (Dashboard dashboard : checked.project().dashboards()) {
      CheckedDashboard page = checked.dashboards().get(dashboard.file());
      if (page != null
          && page.all().stream().anyMatch(q -> q.reads().contains(table) && takesAll(q.sql()))) {
        names.add("dashboard " + dashboard.name());
      }
    }
    boolean exported =
        checked.graph().asset(table).map(Asset::definition).stream()
            .anyMatch(d -> d instanceof Asset.FromModel m && !m.model().exports().isEmpty());
    if (exported) {
      names.add("its exports");
    }
    return names;
  }

  /** Whether a query has a star, or no SELECT, which is one. */
  static boolean takesAll(String sql) {
    String code = COUNT.matcher(NO_CODE.matcher(sql).replaceAll(" ")).replaceAll(" ");
    return STAR.matcher(code).find() || !SELECT.matcher(code).find();
  }
}
