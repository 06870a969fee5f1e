package dev.towpath.cli;

import dev.towpath.core.access.Role;
import dev.towpath.server.People;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What somebody or something may read. */
final class GrantOptions {
  @Option(
      names = "--tables",
      paramLabel = "LIST",
      description = "Tables with commas between: \"*\", schema.* or schema.table.")
  private @Nullable String tables;

  @Option(
      names = "--endpoints",
      paramLabel = "LIST",
      description = "Endpoints with commas between: \"*\", or names of files in apis/.")
  private @Nullable String endpoints;

  @Option(
      names = "--dashboards",
      paramLabel = "LIST",
      description = "Dashboards with commas between: \"*\", or names of files in dashboards/.")
  private @Nullable String dashboards;

  /** All that is given, with a role. */
  People.Scope scope(Optional<Role> role) {
    return new People.Scope(role, list(tables), list(endpoints), list(dashboards));
  }

  private static Optional<List<String>> list(@Nullable String text) {
    return Optional.ofNullable(text)
        .map(t -> Stream.of(t.split(",")).map(String::strip).filter(s -> !s.isEmpty()).toList());
  }
}
