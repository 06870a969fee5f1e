package dev.towpath.core.access;

import dev.towpath.spi.Names;
import dev.towpath.spi.TableName;
import java.util.List;

/**
 * What somebody may read.
 *
 * @param tables {@code *}, {@code schema.*} or {@code schema.table}
 * @param endpoints {@code *} or names of endpoints
 */
public record Grants(List<String> tables, List<String> endpoints) {
  private static final String ANY = "*";

  /** Everything. */
  public static final Grants ALL = new Grants(List.of(ANY), List.of(ANY));

  public Grants {
    tables = List.copyOf(tables);
    endpoints = List.copyOf(endpoints);
  }

  /** Whether a table may be read. */
  public boolean reads(TableName table) {
    String name = Names.identity(table.toString());
    String schema = Names.identity(table.schema()) + ".*";
    return tables.stream()
        .map(Names::identity)
        .anyMatch(grant -> grant.equals(ANY) || grant.equals(schema) || grant.equals(name));
  }

  /** Whether an endpoint may be called; it may then read what its query reads. */
  public boolean calls(String endpoint) {
    return endpoints.contains(ANY) || endpoints.contains(endpoint);
  }
}
