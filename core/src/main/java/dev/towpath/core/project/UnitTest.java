package dev.towpath.core.project;

import dev.towpath.spi.Location;
import dev.towpath.spi.TableName;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A test of a model on given rows.
 *
 * @param name the declared name, else the file's name, with a number when the file holds several
 * @param given rows by table; tables that the model reads and that are not given are empty
 * @param expect the result, in any order unless {@code ordered}; only the columns named are
 *     compared
 * @param parameters values for {@code start}, {@code end} and project variables, as text
 * @param places where each table of {@code given} stands
 */
public record UnitTest(
    String name,
    TableName model,
    Map<TableName, List<Row>> given,
    List<Row> expect,
    boolean ordered,
    Map<String, String> parameters,
    Location location,
    Map<TableName, Location> places) {
  public UnitTest {
    given = Map.copyOf(given);
    expect = List.copyOf(expect);
    parameters = Map.copyOf(parameters);
    places = Map.copyOf(places);
  }

  /** Where a table is given. */
  public Location givenAt(TableName table) {
    return places.getOrDefault(table, location);
  }

  /**
   * One row.
   *
   * @param values text that a CAST to the column's type accepts, or empty for NULL; in order
   */
  public record Row(Map<String, Optional<String>> values, Location location) {
    public Row {
      values = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(values));
    }
  }
}
