package dev.towpath.engine.duckdb.session;

import dev.towpath.spi.DataFile;
import dev.towpath.spi.Field;
import dev.towpath.spi.StoredType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * The columns of a Parquet file: ids, names and stored types.
 *
 * <p>A table's files may hold columns under older names or types. DuckDB takes the columns of a
 * list of files from the first one, so every file's columns must be known before a list may be read
 * as one. Opening every footer for that would cost a read per file; instead the writer puts a
 * digest of the columns into the file's name, and only files whose digest differs are opened.
 */
final class Layout {
  private static final Pattern DIGEST = Pattern.compile("(?:.*/)?([0-9a-f]{8})-[^/]*\\.parquet");

  private Layout() {}

  /** Eight hexadecimal digits for top-level columns; their order does not matter. */
  static String digest(List<Field> fields) {
    StringBuilder text = new StringBuilder();
    fields.stream()
        .sorted(java.util.Comparator.comparingInt(Field::id))
        .forEach(f ->
            text.append(f.id())
                .append(' ')
                .append(f.name())
                .append(' ')
                .append(StoredType.of(f.type()).sql())
                .append('\n'));
    CRC32C sum = new CRC32C();
    sum.update(text.toString().getBytes(StandardCharsets.UTF_8));
    return String.format(java.util.Locale.ROOT, "%08x", sum.getValue());
  }

  /** Whether the columns that a file holds have the names and types of {@code fields}. */
  static boolean isCurrent(DataFile file, List<Field> fields) {
    Matcher name = DIGEST.matcher(file.path());
    if (!name.matches()) {
      return false;
    }
    Set<Integer> held = Set.copyOf(file.fieldIds());
    return name.group(1)
        .equals(digest(fields.stream().filter(f -> held.contains(f.id())).toList()));
  }
}
