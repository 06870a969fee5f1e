package dev.towpath.core.project;

import dev.towpath.spi.ExportTarget;
import dev.towpath.spi.FileScan;
import dev.towpath.spi.Location;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a table is written out to after it was published.
 *
 * @param to a file, relative to the project, or a URL; {@code ${NAME}} stands in it as written, so
 *     that no secret is kept
 * @param table of a database: the table there
 * @param key of an upsert
 * @param environments those whose releases are written out; empty for all
 */
public record Export(
    String to,
    Optional<String> table,
    ExportTarget.Mode mode,
    List<String> key,
    List<String> environments,
    Location location) {
  private static final Pattern PASSWORD =
      Pattern.compile("^([A-Za-z][A-Za-z0-9+.-]*://[^/?#]*?:)(?!\\$\\{)[^/?#]*@");

  /** One with signs in it that should have been written as %2F and the like; not a port. */
  private static final Pattern ODD_PASSWORD =
      Pattern.compile(
          "^([A-Za-z][A-Za-z0-9+.-]*://[^:/?#@]*:)(?!\\$\\{)(?!\\d+[/?#])[^@]*[/?#].*@");

  private static final Pattern PASSWORD_PARAMETER =
      Pattern.compile("([?&]password=)(?!\\$\\{)[^&]*", Pattern.CASE_INSENSITIVE);

  /** What a file may be. */
  public static final String FORMATS =
      "use .csv, .json, .ndjson or .parquet (.csv.gz and the like too)";

  public Export {
    key = List.copyOf(key);
    environments = List.copyOf(environments);
  }

  /** Names it among the exports of a table; it stays the same as long as it means the same. */
  public String id() {
    return mode.name().toLowerCase(Locale.ROOT)
        + " "
        + place()
        + table.map(t -> " " + t).orElse("")
        + (key.isEmpty() ? "" : " by " + String.join(", ", key));
  }

  /** Where it goes, without a password that somebody wrote into the URL itself. */
  public String place() {
    Pattern password = PASSWORD.matcher(to).find() ? PASSWORD : ODD_PASSWORD;
    return PASSWORD_PARAMETER
        .matcher(password.matcher(to).replaceFirst("$1***@"))
        .replaceAll("$1***");
  }

  /** Whether releases of an environment are written out to it. */
  public boolean isFor(String environment) {
    return environments.isEmpty() || environments.contains(environment);
  }

  /** The format that a file's ending names. */
  public static Optional<FileScan.Format> format(String to) {
    String name = to.toLowerCase(Locale.ROOT).replaceAll("(?<!\\.parquet)\\.(gz|zst)$", "");
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "csv" -> Optional.of(FileScan.Format.CSV);
      case "json" -> Optional.of(FileScan.Format.JSON);
      case "ndjson", "jsonl" -> Optional.of(FileScan.Format.NDJSON);
      case "parquet" -> Optional.of(FileScan.Format.PARQUET);
      default -> Optional.empty();
    };
  }
}
