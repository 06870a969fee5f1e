package dev.towpath.source.files;

import dev.towpath.source.common.Drift;
import dev.towpath.source.common.Failures;
import dev.towpath.source.common.Hashes;
import dev.towpath.source.common.Settings;
import dev.towpath.spi.FileScan;
import dev.towpath.spi.FileScan.InputFile;
import dev.towpath.spi.Problem;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Shared;
import dev.towpath.spi.SourceReader;
import dev.towpath.spi.SourceState;
import dev.towpath.spi.SourceState.SourceFile;
import dev.towpath.spi.SourceTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Tables whose rows stand in files: CSV, JSON, newline-delimited JSON and Parquet, plain or packed
 * with gzip or zstd.
 *
 * <p>A file is its path and its content. Mode {@code full} reads all files again once one came,
 * went or changed. Mode {@code append} reads each file exactly once, in the order of their names; a
 * known file that changed fails the reading unless {@code on_change: replace}, which then reads all
 * files again, and the rows of a file that is gone stay unless {@code on_missing_file: fail}.
 */
public final class FilesSource implements SourceReader {
  private static final Set<String> KEYS = FileSettings.keys();
  private static final Set<String> PASSING = Set.of("on_bad_row", "on_missing_file");

  /** A reader. */
  public FilesSource() {}

  @Override
  public String type() {
    return "files";
  }

  @Override
  public Set<String> sourceKeys() {
    return KEYS;
  }

  @Override
  public boolean isPassing(String key, Object value) {
    return Drift.isPassing(key, value) || PASSING.contains(key);
  }

  @Override
  public Set<String> tableKeys() {
    return KEYS;
  }

  @Override
  public Set<String> modes() {
    return Set.of("full", "append");
  }

  @Override
  public List<Problem> check(SourceTable table) {
    Settings settings = new Settings(table);
    FileSettings.of(table, settings);
    return settings.problems();
  }

  @Override
  public Schema contact(SourceTable table, Function<FileScan, Schema> infer) {
    FileSettings settings = settings(table);
    FileSet set = FileSet.find(table, settings, false);
    for (InputFile file : set.files()) {
      if (KnownFile.stamp(table, file).bytes() == 0) {
        throw KnownFile.empty(table, file);
      }
    }
    FileColumns columns = new FileColumns(table, settings, set, infer);
    return table.columns().isPresent() ? columns.check(table.columns().get()) : columns.inferred();
  }

  @Override
  public Probe probe(SourceTable table, Optional<SourceState> last) {
    FileSettings settings = settings(table);
    boolean append = appends(table);
    FileSet set = FileSet.find(table, settings, append && last.isPresent());
    if (last.isEmpty()) {
      return new Probe.Changed("first reading of " + Failures.count(set.files().size(), "file"));
    }
    Ledger ledger = Ledger.compare(table, set.files(), last.get());
    refuseVanished(table, settings, ledger);
    String news = ledger.news(!append);
    return news.isEmpty() ? new Probe.Unchanged() : new Probe.Changed(news);
  }

  @Override
  public Reading read(
      SourceTable table,
      Optional<SourceState> last,
      Schema schema,
      Function<FileScan, Schema> infer,
      Shared shared) {
    FileSettings settings = settings(table);
    boolean append = appends(table) && last.isPresent();
    FileSet set = FileSet.find(table, settings, append);
    List<InputFile> toRead = set.files();
    List<SourceFile> kept = List.of();
    if (last.isPresent()) {
      Ledger ledger = Ledger.compare(table, set.files(), last.get());
      refuseVanished(table, settings, ledger);
      if (append) {
        if (ledger.changed().isEmpty()) {
          toRead = ledger.fresh();
          kept = new ArrayList<>(ledger.same());
          kept.addAll(ledger.vanished());
        } else {
          append = false;
          refuseChanged(table, settings, ledger);
        }
      }
    }
    FileSet now = set.only(toRead);
    Background background = new Background();
    try {
      List<KnownFile> known = Hashes.forAll(toRead, file -> KnownFile.of(table, file, background));
      Schema columns = new FileColumns(table, settings, now, infer).check(schema);
      return new FileReading(
          table,
          now.scan(Optional.of(columns), settings.tolerant()),
          columns,
          known,
          kept,
          append ? Effect.APPEND : Effect.REPLACE,
          background);
    } catch (RuntimeException e) {
      background.close();
      throw e;
    }
  }

  private static boolean appends(SourceTable table) {
    return table.mode().equals("append");
  }

  private static FileSettings settings(SourceTable table) {
    Settings settings = new Settings(table);
    FileSettings read = FileSettings.of(table, settings);
    settings.verify();
    return read;
  }

  private static void refuseVanished(SourceTable table, FileSettings settings, Ledger ledger) {
    if (!settings.keepMissing() && !ledger.vanished().isEmpty()) {
      throw Failures.of(
          table,
          Ledger.first(names(ledger.vanished())) + " was read before and is gone",
          "put it back, or set on_missing_file: " + (appends(table) ? "keep" : "drop"));
    }
  }

  /** Reading everything again is fine only when everything is still there. */
  private static void refuseChanged(SourceTable table, FileSettings settings, Ledger ledger) {
    String changed = Ledger.first(ledger.changed().stream().map(InputFile::name).toList());
    if (!settings.replace()) {
      throw Failures.of(
          table,
          changed + " changed after it was read",
          "put the old content back, give the new content a name of its own, or set"
              + " on_change: replace");
    }
    if (!ledger.vanished().isEmpty()) {
      throw Failures.of(
          table,
          changed
              + " changed, so all files must be read again, but "
              + Ledger.first(new TreeSet<>(names(ledger.vanished())).stream().toList())
              + " is gone",
          "put it back, or run with --full to go on without its rows");
    }
  }

  private static List<String> names(List<SourceFile> files) {
    return files.stream().map(SourceFile::name).toList();
  }
}
