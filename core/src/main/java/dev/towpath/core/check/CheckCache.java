package dev.towpath.core.check;

import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SqlAnalyzer.BoundColumn;
import dev.towpath.spi.SqlAnalyzer.Query;
import dev.towpath.spi.SqlAnalyzer.TableUse;
import dev.towpath.spi.SqlAnalyzer.Typed;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers what the analyzer said, by content, in one file. It only ever saves time: a missing,
 * broken or unwritable file means an empty cache. Thread-safe.
 */
public final class CheckCache {
  private static final int MAGIC = 0x546f7704;

  private final Path file;
  private final String version;
  private final Map<String, Query> oldQueries = new HashMap<>();
  private final Map<String, Typed> oldTypes = new HashMap<>();
  private final Map<String, PythonCache.Entry> oldPython = new HashMap<>();
  private final Map<String, DataType> types = new ConcurrentHashMap<>();
  private final Map<String, Query> queries = new ConcurrentHashMap<>();
  private final Map<String, Typed> typed = new ConcurrentHashMap<>();
  private final Map<String, PythonCache.Entry> python = new ConcurrentHashMap<>();
  private volatile boolean changed;

  /**
   * Opens a cache.
   *
   * @param version of everything that the content depends on; another version empties the cache
   */
  public CheckCache(Path file, String version) {
    this.file = file;
    this.version = version;
    load();
  }

  /** What parsing a text said before. */
  Optional<Query> query(String key) {
    Query known = queries.get(key);
    if (known == null) {
      known = oldQueries.get(key);
      if (known != null) {
        queries.put(key, known);
      }
    }
    return Optional.ofNullable(known);
  }

  void put(String key, Query query) {
    queries.put(key, query);
    changed = true;
  }

  /** What binding said before. */
  Optional<Typed> typed(String key) {
    Typed known = typed.get(key);
    if (known == null) {
      known = oldTypes.get(key);
      if (known != null) {
        typed.put(key, known);
      }
    }
    return Optional.ofNullable(known);
  }

  void put(String key, Typed result) {
    typed.put(key, result);
    changed = true;
  }

  /** What parsing a Python file said before. */
  Optional<PythonCache.Entry> python(String key) {
    PythonCache.Entry known = python.get(key);
    if (known == null) {
      known = oldPython.get(key);
      if (known != null) {
        python.put(key, known);
      }
    }
    return Optional.ofNullable(known);
  }

  void put(String key, PythonCache.Entry file) {
    python.put(key, file);
    changed = true;
  }

  private void load() {
    if (!Files.isReadable(file)) {
      return;
    }
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
      if (in.readInt() != MAGIC || !in.readUTF().equals(version)) {
        return;
      }
      int count = in.readInt();
      for (int i = 0; i < count; i++) {
        oldQueries.put(in.readUTF(), readQuery(in));
      }
      count = in.readInt();
      for (int i = 0; i < count; i++) {
        oldTypes.put(in.readUTF(), readTyped(in));
      }
      count = in.readInt();
      for (int i = 0; i < count; i++) {
        oldPython.put(in.readUTF(), PythonCache.read(in));
      }
    } catch (IOException | RuntimeException e) { // a broken cache is an empty cache
      oldQueries.clear();
      oldTypes.clear();
      oldPython.clear();
    }
  }

  /** Writes what was used since opening, if anything changed. Failing to write is no failure. */
  public void save() {
    boolean same =
        !changed
            && queries.size() == oldQueries.size()
            && typed.size() == oldTypes.size()
            && python.size() == oldPython.size();
    if (same) {
      return;
    }
    Path parent = file.toAbsolutePath().getParent();
    try {
      Files.createDirectories(parent);
      Path temp = Files.createTempFile(parent, "check", ".tmp");
      try (DataOutputStream out =
          new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(temp), 1 << 16))) {
        out.writeInt(MAGIC);
        out.writeUTF(version);
        out.writeInt(queries.size());
        for (Map.Entry<String, Query> entry : queries.entrySet()) {
          out.writeUTF(entry.getKey());
          write(out, entry.getValue());
        }
        out.writeInt(typed.size());
        for (Map.Entry<String, Typed> entry : typed.entrySet()) {
          out.writeUTF(entry.getKey());
          write(out, entry.getValue());
        }
        out.writeInt(python.size());
        for (Map.Entry<String, PythonCache.Entry> entry : python.entrySet()) {
          out.writeUTF(entry.getKey());
          PythonCache.write(out, entry.getValue());
        }
      }
      Files.move(temp, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      // A read-only project is checked all the same; the next check is only slower.
      changed = true;
    }
  }

  private static void write(DataOutputStream out, Query query) throws IOException {
    writeUses(out, query.reads());
    text(out, query.canonical());
    texts(out, query.parameters());
    texts(out, query.functions());
    out.writeInt(query.comparisons().size());
    for (BoundColumn column : query.comparisons()) {
      text(out, column.column());
      writeUses(out, column.candidates());
    }
    out.writeInt(query.startEndElsewhere().size());
    for (int offset : query.startEndElsewhere()) {
      out.writeInt(offset);
    }
    writeUses(out, query.rowByRow());
    writeUses(out, query.beside());
  }

  private static Query readQuery(DataInputStream in) throws IOException {
    List<TableUse> reads = readUses(in);
    String canonical = text(in);
    List<String> parameters = texts(in);
    Set<String> functions = new LinkedHashSet<>(texts(in));
    List<BoundColumn> comparisons = new ArrayList<>();
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      comparisons.add(new BoundColumn(text(in), readUses(in)));
    }
    List<Integer> elsewhere = new ArrayList<>();
    count = in.readInt();
    for (int i = 0; i < count; i++) {
      elsewhere.add(in.readInt());
    }
    return new Query(
        reads,
        canonical,
        parameters,
        functions,
        comparisons,
        elsewhere,
        readUses(in),
        readUses(in));
  }

  private static void writeUses(DataOutputStream out, List<TableUse> uses) throws IOException {
    out.writeInt(uses.size());
    for (TableUse use : uses) {
      out.writeBoolean(use.schema().isPresent());
      if (use.schema().isPresent()) {
        text(out, use.schema().get());
      }
      text(out, use.table());
      out.writeInt(use.offset());
    }
  }

  private static List<TableUse> readUses(DataInputStream in) throws IOException {
    int count = in.readInt();
    List<TableUse> uses = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Optional<String> schema = in.readBoolean() ? Optional.of(text(in)) : Optional.empty();
      uses.add(new TableUse(schema, text(in), in.readInt()));
    }
    return uses;
  }

  private static void write(DataOutputStream out, Typed result) throws IOException {
    out.writeInt(result.columns().columns().size());
    for (Column column : result.columns().columns()) {
      text(out, column.name());
      text(out, column.type().sql());
    }
    out.writeInt(result.parameters().size());
    for (Map.Entry<String, DataType> parameter : result.parameters().entrySet()) {
      text(out, parameter.getKey());
      text(out, parameter.getValue().sql());
    }
  }

  private Typed readTyped(DataInputStream in) throws IOException {
    int count = in.readInt();
    List<Column> columns = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      columns.add(new Column(text(in), type(text(in))));
    }
    count = in.readInt();
    Map<String, DataType> parameters = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      parameters.put(text(in), type(text(in)));
    }
    return new Typed(new Schema(columns), parameters);
  }

  private DataType type(String sql) {
    return types.computeIfAbsent(sql, DataType::parse);
  }

  /** Unlike writeUTF, takes texts of any length. */
  static void text(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  static String text(DataInputStream in) throws IOException {
    int length = in.readInt();
    byte[] bytes = in.readNBytes(length);
    if (bytes.length != length) {
      throw new java.io.EOFException();
    }
    return new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
  }

  static void texts(DataOutputStream out, java.util.Collection<String> texts) throws IOException {
    out.writeInt(texts.size());
    for (String text : texts) {
      text(out, text);
    }
  }

  static List<String> texts(DataInputStream in) throws IOException {
    int count = in.readInt();
    List<String> texts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      texts.add(text(in));
    }
    return texts;
  }
}
