package dev.towpath.source.files;

import static dev.towpath.source.common.Failures.quoted;

import dev.towpath.source.common.Drift;
import dev.towpath.source.common.Failures;
import dev.towpath.source.common.Hashes;
import dev.towpath.spi.Column;
import dev.towpath.spi.FileScan;
import dev.towpath.spi.FileScan.InputFile;
import dev.towpath.spi.Names;
import dev.towpath.spi.Problem;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SourceTable;
import dev.towpath.spi.TowpathException;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.zip.ZipException;

/** The columns that files have, against those of the table. */
final class FileColumns {

  private final SourceTable table;
  private final FileSettings settings;
  private final FileSet set;
  private final Function<FileScan, Schema> infer;

  FileColumns(
      SourceTable table, FileSettings settings, FileSet set, Function<FileScan, Schema> infer) {
    this.table = table;
    this.settings = settings;
    this.set = set;
    this.infer = infer;
  }

  /** The columns by the content of all files. */
  Schema inferred() {
    if (set.hasHeader()) {
      headers();
    }
    return infer(set);
  }

  /**
   * Compares the columns of each file with those of the table.
   *
   * @return the columns to read as
   * @throws TowpathException naming file and column when they differ in a way the table forbids
   */
  Schema check(Schema schema) {
    if (set.files().isEmpty()) {
      return schema;
    }
    return switch (set.format()) {
      case CSV -> set.hasHeader() ? byHeader(schema) : byCount(schema);
      case JSON, NDJSON -> byRecords(schema);
      case PARQUET -> bySchema(schema);
    };
  }

  private Schema byHeader(Schema schema) {
    Map<List<String>, InputFile> kinds = new LinkedHashMap<>();
    List<InputFile> wider = new ArrayList<>();
    List<List<String>> headers = headers();
    Map<List<String>, List<String>> added = new LinkedHashMap<>();
    for (int i = 0; i < headers.size(); i++) {
      InputFile file = set.files().get(i);
      List<String> header = headers.get(i);
      if (kinds.putIfAbsent(header, file) == null) {
        added.put(header, settings.drift().compare(table, quoted(file.name()), header, schema));
      }
      if (!added.getOrDefault(header, List.of()).isEmpty()) {
        wider.add(file);
      }
    }
    return widen(schema, added.values().stream().flatMap(List::stream).toList(), wider);
  }

  /** The names in each file's first line. */
  private List<List<String>> headers() {
    return Hashes.forAll(set.files(), this::header);
  }

  private List<String> header(InputFile file) {
    List<String> names;
    try {
      names =
          CsvHeader.read(file.path(), settings.charset(), set.options())
              .filter(header -> !header.contains(""))
              .orElseGet(() -> infer(set.only(List.of(file))).names());
    } catch (EOFException e) {
      throw KnownFile.cut(table, file.name(), e);
    } catch (ZipException e) {
      throw Failures.of(
          table,
          quoted(file.name()) + " is no gzip file, though its name says so",
          "rename it, or copy it again",
          e);
    } catch (IOException e) {
      throw Failures.unreadable(table, file.name(), e);
    }
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (name.indexOf('\n') >= 0 || name.indexOf('\r') >= 0) {
        throw Failures.of(
            table,
            quoted(file.name()) + " has a line break in the name of a column",
            "rename the column in the file, or see whether a quote is missing");
      }
      if (!seen.add(Names.identity(name))) {
        throw Failures.of(
            table,
            quoted(file.name()) + " has two columns " + quoted(name),
            "rename one of them in the file");
      }
    }
    if (names.size() == 1 && !settings.options().containsKey("delimiter")) {
      otherDelimiter(file, names.getFirst());
    }
    return names;
  }

  /** Semicolons in the only name of a file mean that nobody said how its fields are parted. */
  private void otherDelimiter(InputFile file, String name) {
    String used = set.options().getOrDefault("delimiter", ",");
    for (String other : List.of(";", "\t", "|", ",")) {
      if (!other.equals(used) && name.contains(other)) {
        String shown = other.equals("\t") ? "\\t" : other;
        throw Failures.of(
            table,
            quoted(file.name()) + " has only one column, " + quoted(name.replace("\t", "\\t")),
            "if its columns are parted by \"" + shown + "\", set delimiter: \"" + shown + "\"");
      }
    }
  }

  /** Without a header columns go by their place. */
  private Schema byCount(Schema schema) {
    List<Integer> counts =
        Hashes.forAll(
            set.files(),
            file -> {
              try {
                return CsvHeader.read(file.path(), settings.charset(), set.options())
                    .map(List::size)
                    .orElseGet(() -> infer(set.only(List.of(file))).columns().size());
              } catch (EOFException e) {
                throw KnownFile.cut(table, file.name(), e);
              } catch (IOException e) {
                throw Failures.unreadable(table, file.name(), e);
              }
            });
    for (int i = 0; i < counts.size(); i++) {
      if (counts.get(i) != schema.columns().size()) {
        throw Failures.of(
            table,
            quoted(set.files().get(i).name())
                + " has "
                + Failures.count(counts.get(i), "column")
                + ", but the table has "
                + schema.columns().size(),
            "a file without a header must have all columns in their places");
      }
    }
    return schema;
  }

  /** One look over all records; file by file only to name the one at fault. */
  private Schema byRecords(Schema schema) {
    Drift drift = settings.drift().filling(); // an absent key is how JSON writes NULL
    if (drift.onNew() == Drift.OnNew.IGNORE && drift.onMissing() == Drift.OnMissing.FILL) {
      return schema;
    }
    Schema all = infer(set);
    boolean differ =
        all.names().stream().anyMatch(name -> schema.column(name).isEmpty())
            && drift.onNew() != Drift.OnNew.IGNORE;
    if (!differ && drift.onMissing() == Drift.OnMissing.FILL) {
      return schema;
    }
    List<String> added = new ArrayList<>();
    List<InputFile> wider = new ArrayList<>();
    for (InputFile file : set.files()) {
      List<String> names =
          set.files().size() == 1 ? all.names() : infer(set.only(List.of(file))).names();
      List<String> own = drift.compare(table, quoted(file.name()), names, schema);
      if (!own.isEmpty()) {
        wider.add(file);
        added.addAll(own);
      }
    }
    return widen(schema, added, wider);
  }

  private Schema bySchema(Schema schema) {
    List<Schema> own = Hashes.forAll(set.files(), file -> infer(set.only(List.of(file))));
    List<String> added = new ArrayList<>();
    List<InputFile> wider = new ArrayList<>();
    for (int i = 0; i < own.size(); i++) {
      InputFile file = set.files().get(i);
      List<String> more =
          settings.drift().compare(table, quoted(file.name()), own.get(i).names(), schema);
      if (table.columns().isEmpty()) {
        types(file, own.get(i), schema);
      }
      if (!more.isEmpty()) {
        wider.add(file);
        added.addAll(more);
      }
    }
    return widen(schema, added, wider);
  }

  private void types(InputFile file, Schema own, Schema schema) {
    for (Column column : own.columns()) {
      Optional<Column> there = schema.column(column.name());
      if (there.isPresent() && !Widening.fits(column.type(), there.get().type())) {
        throw Failures.of(
            table,
            "%s has %s in column %s, but the table has %s"
                .formatted(
                    quoted(file.name()),
                    column.type().sql(),
                    quoted(column.name()),
                    there.get().type().sql()),
            "convert the file, or declare \"columns\" with the type to read it as");
      }
    }
  }

  private Schema widen(Schema schema, List<String> added, List<InputFile> files) {
    if (added.isEmpty()) {
      return schema;
    }
    Schema found = infer(set.only(files));
    Map<String, Column> columns = new LinkedHashMap<>();
    for (String name : added) {
      found.column(name).ifPresent(column -> columns.putIfAbsent(Names.identity(name), column));
    }
    return Drift.widen(schema, List.copyOf(columns.values()));
  }

  private Schema infer(FileSet some) {
    FileScan scan = some.scan(Optional.empty(), settings.tolerant());
    try {
      return infer.apply(scan);
    } catch (TowpathException e) {
      if (!e.problems().isEmpty()) {
        throw e;
      }
      TowpathException located =
          new TowpathException(
              List.of(
                  new Problem(
                      Problem.Severity.ERROR,
                      table.location(),
                      String.valueOf(e.getMessage()),
                      e.hint())));
      located.initCause(e);
      throw located;
    }
  }
}
