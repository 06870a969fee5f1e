package dev.towpath.core.run;

import dev.towpath.core.project.Export;
import dev.towpath.spi.Column;
import dev.towpath.spi.EngineSession;
import dev.towpath.spi.ExportTarget;
import dev.towpath.spi.FileScan;
import dev.towpath.spi.Monitor;
import dev.towpath.spi.Names;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Writes rows to where an export says: into a file by its ending, or into a database by its URL.
 */
public final class Delivery {
  private final Path project;
  private final List<ExportTarget> targets;

  /**
   * Deliveries of a project.
   *
   * @param project what relative paths start from
   */
  public Delivery(Path project, List<ExportTarget> targets) {
    this.project = project;
    this.targets = List.copyOf(targets);
  }

  /**
   * What is to be written.
   *
   * @param table where it comes from
   * @param rows the exposed table that holds it
   * @param append what the target remembers of an append
   */
  public record Rows(
      TableName table, TableName rows, Schema columns, Optional<ExportTarget.Append> append) {}

  /**
   * What the last append of a line brought there, as the target remembers it.
   *
   * @param to the export's place with its secrets in it
   */
  Optional<String> appended(TableName table, Export export, String to, String line) {
    int scheme = to.indexOf("://");
    return scheme < 0
        ? Optional.empty()
        : target(to.substring(0, scheme)).appended(to, there(table, export), line);
  }

  private static String there(TableName table, Export export) {
    return export.table().orElse(table.toString());
  }

  /**
   * Writes all of it, or nothing.
   *
   * @param to the export's place with its secrets in it
   * @return number of rows
   */
  public long deliver(EngineSession session, Rows content, Export export, String to) {
    int scheme = to.indexOf("://");
    return scheme < 0
        ? file(session, content, export, to)
        : database(session, content, export, to, to.substring(0, scheme));
  }

  private long file(EngineSession session, Rows content, Export export, String to) {
    requireReplace(export);
    FileScan.Format format = format(to);
    Path file = project.resolve(to).normalize();
    try {
      Files.createDirectories(file.resolveSibling(""));
    } catch (IOException e) {
      throw new TowpathException(
          "the folder of " + to + " cannot be made", "may this user write there?", e);
    }
    session.export(
        Statement.of("SELECT * FROM " + content.rows().quoted()), format, file, Monitor.NONE);
    return count(session, content);
  }

  private static void requireReplace(Export export) {
    if (export.mode() != ExportTarget.Mode.REPLACE) {
      throw new TowpathException(
          "a file is written whole, so mode: "
              + export.mode().name().toLowerCase(Locale.ROOT)
              + " means nothing to it",
          "use mode: replace, or a database");
    }
  }

  /** The format that a file's ending names. */
  static FileScan.Format format(String to) {
    return Export.format(to)
        .orElseThrow(
            () -> new TowpathException("the ending of " + to + " says no format", Export.FORMATS));
  }

  private long database(
      EngineSession session, Rows content, Export export, String to, String scheme) {
    ExportTarget target = target(scheme);
    try {
      Path folder = Files.createTempDirectory("towpath-export");
      Path csv = folder.resolve("rows.csv");
      try {
        session.export(
            Statement.of(select(target, content)), FileScan.Format.CSV, csv, Monitor.NONE);
        return target.write(
            new ExportTarget.Request(
                to,
                there(content.table(), export),
                export.mode(),
                export.key(),
                content.columns(),
                content.append()),
            csv);
      } finally {
        Files.deleteIfExists(csv);
        Files.deleteIfExists(folder);
      }
    } catch (IOException e) {
      throw new TowpathException(
          "the rows to export cannot be kept on the way: " + e.getMessage(), null, e);
    }
  }

  private ExportTarget target(String scheme) {
    String wanted = scheme.toLowerCase(Locale.ROOT);
    return targets.stream()
        .filter(t -> t.schemes().contains(wanted))
        .findFirst()
        .orElseThrow(() ->
            new TowpathException(
                "nothing can be exported to " + wanted + "://",
                "there are files, and "
                    + targets.stream()
                        .flatMap(t -> t.schemes().stream())
                        .sorted()
                        .map(s -> s + "://")
                        .collect(Collectors.joining(", "))));
  }

  private static String select(ExportTarget target, Rows content) {
    return content.columns().columns().stream()
        .map((Column c) -> target.expression(c) + " AS " + Names.quote(c.name()))
        .collect(Collectors.joining(", ", "SELECT ", " FROM " + content.rows().quoted()));
  }

  private static long count(EngineSession session, Rows content) {
    return Staging.number(
        session
            .query(Statement.of("SELECT count(*) FROM " + content.rows().quoted()), 1)
            .rows()
            .getFirst()
            .getFirst());
  }
}
