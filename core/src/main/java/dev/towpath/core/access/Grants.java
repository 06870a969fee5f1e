package dev.towpath.core.access;

import dev.towpath.spi.Names;
import dev.towpath.spi.TableName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What somebody may read.
 *
 * @param tables {@code *}, {@code schema.*} or {@code schema.table}
 * @param endpoints {@code *} or names of endpoints
 * @param dashboards likewise; whoever may read all tables of one sees it anyway
 */
public record Grants(List<String> tables, List<String> endpoints, List<String> dashboards) {
  private static final String ANY = "*";

  /** Everything. */
  public static final Grants ALL = new Grants(List.of(ANY), List.of(ANY));

  /** Nothing. */
  public static final Grants NONE = new Grants(List.of(), List.of());

  public Grants {
    tables = tables.stream().map(Names::identity).distinct().toList();
    endpoints = endpoints.stream().distinct().toList();
    dashboards = dashboards.stream().distinct().toList();
  }

  /** Tables and endpoints; dashboards only if they show nothing else. */
  public Grants(List<String> tables, List<String> endpoints) {
    this(tables, endpoints, tables.contains(ANY) ? List.of(ANY) : List.of());
  }

  /** Whether a table may be read. */
  public boolean reads(TableName table) {
    String name = table.identity();
    return tables.stream().anyMatch(grant -> covers(grant, name));
  }

  /** Whether every table may be read, those to come too. */
  public boolean readsAll() {
    return tables.contains(ANY);
  }

  /** Whether an endpoint may be called; it may then read what its query reads. */
  public boolean calls(String endpoint) {
    return endpoints.contains(ANY) || endpoints.contains(endpoint);
  }

  /** Whether a dashboard may be seen; it may then read what its queries read. */
  public boolean opens(String dashboard) {
    return dashboards.contains(ANY) || dashboards.contains(dashboard);
  }

  /** What either of two allows. */
  public Grants or(Grants other) {
    return new Grants(
        Stream.concat(tables.stream(), other.tables.stream()).toList(),
        Stream.concat(endpoints.stream(), other.endpoints.stream()).toList(),
        Stream.concat(dashboards.stream(), other.dashboards.stream()).toList());
  }

  /** What both of two allow. */
  public Grants and(Grants other) {
    return new Grants(
        both(tables, other.tables, Grants::covers),
        both(endpoints, other.endpoints, (a, b) -> a.equals(ANY) || a.equals(b)),
        both(dashboards, other.dashboards, (a, b) -> a.equals(ANY) || a.equals(b)));
  }

  /** Whether one pattern covers all that another does. */
  private interface Covering {
    boolean covers(String wide, String narrow);
  }

  /** Patterns are nested or apart, so of two that meet, the narrower one is what they share. */
  private static List<String> both(List<String> some, List<String> others, Covering covering) {
    List<String> shared = new ArrayList<>();
    for (String one : some) {
      for (String other : others) {
        if (covering.covers(one, other)) {
          shared.add(other);
        } else if (covering.covers(other, one)) {
          shared.add(one);
        }
      }
    }
    return shared;
  }

  private static boolean covers(String wide, String narrow) {
    return wide.equals(ANY)
        || wide.equals(narrow)
        || (isSchema(wide) && narrow.startsWith(wide.substring(0, wide.length() - 1)));
  }

  private static boolean isSchema(String grant) {
    return grant.endsWith("." + ANY);
  }

  /** What is wrong with a pattern of tables, if anything is. */
  public static Optional<String> mistake(String tables) {
    int dot = tables.indexOf('.');
    String schema = dot < 0 ? "" : tables.substring(0, dot);
    String table = dot < 0 ? "" : tables.substring(dot + 1);
    boolean named =
        !schema.isEmpty()
            && !table.isEmpty()
            && !schema.contains(ANY)
            && (table.equals(ANY) || !table.contains(ANY))
            && table.indexOf('.') < 0;
    return tables.equals(ANY) || named
        ? Optional.empty()
        : Optional.of("\"" + tables + "\" names no tables");
  }

  /** Whether a pattern of tables means any of these. */
  public static boolean means(String grant, Collection<TableName> tables) {
    String wanted = Names.identity(grant);
    return grant.equals(ANY) || tables.stream().anyMatch(t -> covers(wanted, t.identity()));
  }

  /** In the words of the audit log. */
  @Override
  public String toString() {
    boolean implied = dashboards.isEmpty() || (readsAll() && dashboards.contains(ANY));
    return "tables "
        + list(tables)
        + ", endpoints "
        + list(endpoints)
        + (implied ? "" : ", dashboards " + list(dashboards));
  }

  private static String list(List<String> grants) {
    return grants.isEmpty() ? "none" : String.join(" ", grants);
  }
}
