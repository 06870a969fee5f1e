package dev.towpath.cli;

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

  Optional<List<String>> tables() {
    return list(tables);
  }

  Optional<List<String>> endpoints() {
    return list(endpoints);
  }

  private static Optional<List<String>> list(@Nullable String text) {
    return Optional.ofNullable(text)
        .map(t -> Stream.of(t.split(",")).map(String::strip).filter(s -> !s.isEmpty()).toList());
  }
}
