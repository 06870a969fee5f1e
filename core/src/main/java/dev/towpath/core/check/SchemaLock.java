package dev.towpath.core.check;

import dev.towpath.core.project.Source;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Schema;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The committed file {@code schemas.lock}: what sources' tables looked like at first contact, so
 * that a check needs no source. One line a table, then one indented line a column, names quoted.
 * Thread-safe.
 */
public final class SchemaLock {
  /** Its name, beside {@code towpath.yml}. */
  public static final String FILE = "schemas.lock";

  private static final String HEAD =
      "# The columns of sources as towpath first met them. Commit this file. To meet a source anew,"
          + " delete its lines.\n";

  private final Path written;
  private final Map<String, Entry> entries = new TreeMap<>();
  private boolean changed;

  private record Entry(String name, String fingerprint, Schema schema) {}

  /**
   * Reads the lock of a project.
   *
   * @throws TowpathException with the line, when it was edited into something unreadable
   */
  public SchemaLock(Path root) {
    this(root, root);
  }

  /** Reads the lock of a copy of a project; it is written into the project itself. */
  SchemaLock(Path copy, Path root) {
    Path file = copy.resolve(FILE);
    written = root.resolve(FILE);
    if (Files.exists(file)) {
      try {
        read(Files.readString(file, StandardCharsets.UTF_8).lines().toList());
      } catch (IOException e) {
        throw new TowpathException("cannot read " + FILE + ": " + e.getMessage(), null, e);
      }
    }
  }

  /** The columns of a table, if it was met under the same declaration. */
  public synchronized Optional<Schema> schema(Source.Table table) {
    return Optional.ofNullable(entries.get(table.declaration().name().identity()))
        .filter(e -> e.fingerprint().equals(table.fingerprint()))
        .map(Entry::schema);
  }

  /** Remembers a table's columns. */
  public synchronized void put(Source.Table table, Schema schema) {
    TableName name = table.declaration().name();
    Entry entry = new Entry(name.toString(), table.fingerprint(), schema);
    changed |= !entry.equals(entries.put(name.identity(), entry));
  }

  /** Writes it if it changed; false when the folder cannot be written. */
  public synchronized boolean save() {
    if (!changed) {
      return true;
    }
    StringBuilder out = new StringBuilder(HEAD);
    for (Entry entry : entries.values()) {
      out.append('\n').append(quote(entry.name())).append(' ').append(entry.fingerprint());
      out.append('\n');
      for (Column column : entry.schema().columns()) {
        out.append("  ").append(quote(column.name())).append(' ').append(column.type().sql());
        out.append('\n');
      }
    }
    try {
      Path temp = written.resolveSibling(FILE + "." + ProcessHandle.current().pid() + ".tmp");
      Files.writeString(temp, out, StandardCharsets.UTF_8);
      Files.move(
          temp, written, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      changed = false;
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void read(List<String> lines) {
    String name = null;
    String fingerprint = "";
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      try {
        int[] end = new int[1];
        String text = unquote(line.strip(), end);
        String rest = line.strip().substring(end[0]).strip();
        if (line.startsWith(" ")) {
          columns.add(new Column(text, DataType.parse(rest)));
          continue;
        }
        add(name, fingerprint, columns);
        name = text;
        fingerprint = rest;
        columns = new ArrayList<>();
      } catch (RuntimeException e) {
        throw new TowpathException(
            List.of(
                dev.towpath.spi.Problem.error(
                    new dev.towpath.spi.Location(FILE, i + 1, 1),
                    "this line cannot be read",
                    "delete " + FILE + "; the next check writes it anew")));
      }
    }
    add(name, fingerprint, columns);
  }

  private void add(
      @org.jspecify.annotations.Nullable String name, String fingerprint, List<Column> columns) {
    if (name != null) {
      entries.put(
          TableName.parse(name).identity(), new Entry(name, fingerprint, new Schema(columns)));
    }
  }

  private static String quote(String name) {
    return '"'
        + name.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n").replace("\r", "\\r")
        + '"';
  }

  private static String unquote(String line, int[] end) {
    StringBuilder out = new StringBuilder();
    if (line.charAt(0) != '"') {
      throw new IllegalArgumentException("no quote");
    }
    for (int i = 1; ; i++) {
      char c = line.charAt(i);
      if (c == '"') {
        end[0] = i + 1;
        return out.toString();
      }
      if (c == '\\') {
        char escaped = line.charAt(++i);
        c = escaped == 'n' ? '\n' : escaped == 'r' ? '\r' : escaped;
      }
      out.append(c);
    }
  }
}
