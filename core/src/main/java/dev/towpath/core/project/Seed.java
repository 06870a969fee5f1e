package dev.towpath.core.project;

import dev.towpath.spi.TableName;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A file of {@code seeds/}: a CSV kept in git.
 *
 * @param file path relative to the root
 * @param path the same on disk
 * @param hash SHA-256 of its bytes, lower-case hex
 */
public record Seed(
    TableName name,
    String file,
    Path path,
    String hash,
    Optional<String> description,
    List<ColumnDeclaration> columns,
    List<Check> checks,
    List<String> tags) {
  public Seed {
    columns = List.copyOf(columns);
    checks = List.copyOf(checks);
    tags = List.copyOf(tags);
  }
}
