package dev.towpath.core.project;

import dev.towpath.core.access.Access;
import java.util.List;

/**
 * What {@code access:} in towpath.yml says.
 *
 * @param access what each role may read
 * @param tables every pattern of tables, where it stands
 * @param endpoints every name of an endpoint, where it stands
 * @param dashboards every name of a dashboard, where it stands
 */
public record AccessRules(
    Access access,
    List<Flow.Choice> tables,
    List<Flow.Choice> endpoints,
    List<Flow.Choice> dashboards) {
  /** Without {@code access:}. */
  public static final AccessRules NONE =
      new AccessRules(Access.OPEN, List.of(), List.of(), List.of());

  public AccessRules {
    tables = List.copyOf(tables);
    endpoints = List.copyOf(endpoints);
    dashboards = List.copyOf(dashboards);
  }
}
