package dev.towpath.core.project;

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
 * @param answering pages, limits and what may be kept
 */
public record Endpoint(
    String name,
    String file,
    String text,
    String method,
    String path,
    Optional<String> description,
    List<Parameter> parameters,
    Answering answering,
    List<String> tags,
    Location location) {
  public Endpoint {
    parameters = List.copyOf(parameters);
    tags = List.copyOf(tags);
  }

  /** Whether the path holds the parameter, so that it is always there. */
  public boolean isInPath(Parameter parameter) {
    return path.contains("{" + parameter.name() + "}");
  }
}
