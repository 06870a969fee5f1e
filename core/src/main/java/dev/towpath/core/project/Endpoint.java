package dev.towpath.core.project;

import dev.towpath.spi.DataType;
import dev.towpath.spi.Location;
import java.util.List;
import java.util.Optional;

/**
 * A file of {@code apis/}.
 *
 * @param name the file's name without ending
 * @param method {@code GET} or {@code POST}
 * @param path such as {@code /revenue/{region}}
 * @param text the whole file; offsets in the SQL are offsets in the file
 */
public record Endpoint(
    String name,
    String file,
    String text,
    String method,
    String path,
    Optional<String> description,
    List<Parameter> parameters,
    List<String> tags,
    Location location) {
  public Endpoint {
    parameters = List.copyOf(parameters);
    tags = List.copyOf(tags);
  }

  /**
   * A typed parameter.
   *
   * @param fallback the default as text; empty means required
   * @param list whether it may be given several times and is bound as a list
   */
  public record Parameter(
      String name,
      DataType type,
      Optional<String> fallback,
      Optional<String> low,
      Optional<String> high,
      List<String> values,
      boolean list,
      boolean inPath,
      Location location) {
    public Parameter {
      values = List.copyOf(values);
    }
  }
}
