package dev.towpath.core.project;

import dev.towpath.spi.DataType;
import dev.towpath.spi.Location;
import java.util.List;
import java.util.Optional;

/**
 * A typed parameter of an endpoint or a flow.
 *
 * @param fallback the default as text; empty means required
 * @param low the least value as text, itself allowed; {@code high} likewise
 * @param values the only values it takes; empty when any is fine
 * @param list whether it may be given several times and is bound as a list
 * @param nullable whether it may be left out, and is NULL then
 */
public record Parameter(
    String name,
    DataType type,
    Optional<String> fallback,
    Optional<String> low,
    Optional<String> high,
    List<String> values,
    boolean list,
    boolean nullable,
    Location location) {
  public Parameter {
    values = List.copyOf(values);
  }

  /** A parameter that is never NULL. */
  public Parameter(
      String name,
      DataType type,
      Optional<String> fallback,
      Optional<String> low,
      Optional<String> high,
      List<String> values,
      boolean list,
      Location location) {
    this(name, type, fallback, low, high, values, list, false, location);
  }
}
