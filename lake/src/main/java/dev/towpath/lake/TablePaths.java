package dev.towpath.lake;

import dev.towpath.lake.iceberg.FormatException;
import dev.towpath.spi.Names;
import dev.towpath.spi.ObjectStore;
import dev.towpath.spi.TableName;
import java.text.Normalizer;
import java.util.UUID;

/**
 * Where things are: {@code tables/<schema>/<table>-<8 hex digits>/} with {@code data/} and {@code
 * metadata/} in it.
 *
 * <p>Iceberg metadata holds absolute paths, which other readers need; we find files by the part
 * from {@code tables/} on, so a lake that was moved or copied still reads. The first commit to a
 * table after a move writes all its manifests anew, with the paths of the new place, and whoever
 * makes it the files of which rows are gone ({@link dev.towpath.spi.Lake.Draft#moved}).
 */
final class TablePaths {
  private static final int MAX_NAME = 60;

  private final String root;

  TablePaths(ObjectStore objects) {
    // As Iceberg's readers expect it: a scheme and a path that nothing in is escaped.
    root = "file://" + objects.local("").toString().replace('\\', '/');
  }

  /**
   * A new directory for a table. Its name only hints at the table's: safe in every file system and
   * URI reader, cut when long, and unlike any other by its digits.
   */
  static String newTable(TableName table) {
    return "tables/" + safe(table.schema()) + "/" + safe(table.table()) + "-" + hex();
  }

  private static String hex() {
    return UUID.randomUUID().toString().substring(0, 8);
  }

  private static String safe(String name) {
    String plain =
        Normalizer.normalize(Names.identity(name), Normalizer.Form.NFD)
            .replaceAll("\\p{M}+", "")
            .replaceAll("[^a-z0-9_-]+", "_");
    return plain.length() > MAX_NAME ? plain.substring(0, MAX_NAME) : plain;
  }

  /** The directory of the table that a metadata file belongs to. */
  static String tableOf(String metadataFile) {
    int end = metadataFile.lastIndexOf("/metadata/");
    if (end < 0) {
      throw new IllegalArgumentException(metadataFile + " is no metadata file");
    }
    return metadataFile.substring(0, end);
  }

  /** The absolute form of a path. */
  String absolute(String path) {
    return root + "/" + path;
  }

  /** The path that metadata of a table means, wherever the lake was when it was written. */
  static String relative(String table, String absolute) {
    int at = absolute.indexOf("/" + table + "/");
    if (at < 0) {
      throw new FormatException("\"" + absolute + "\" is not a file of this table");
    }
    return absolute.substring(at + 1);
  }

  /** A name for a new file in a directory. */
  static String unique(String directory, String suffix) {
    return directory + "/" + UUID.randomUUID() + suffix;
  }
}
