package dev.towpath.core.run;

import dev.towpath.spi.DataFile;
import dev.towpath.spi.Extract;
import dev.towpath.spi.Lake;
import dev.towpath.spi.Monitor;
import dev.towpath.spi.Names;
import dev.towpath.spi.Relation;
import dev.towpath.spi.SortField;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TableFiles;
import dev.towpath.spi.TableName;
import dev.towpath.spi.WriteRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes the rows of many small files into one, since each file costs its readers time. It is done
 * while a table changes anyway, to files that were there before: those of the run itself stay
 * apart, so that readers of what is new find it in files of its own. After the lake has moved,
 * files of which rows are gone are written anew, too.
 */
final class Compaction {
  /** So many small files of one partition become one. */
  static final int MANY = 16;

  /** A file below this is small. */
  static final long SMALL_BYTES = 8L << 20;

  private final RunContext context;
  private final Staging staging;
  private final Lake.Draft draft;
  private final List<SortField> sortBy;

  Compaction(RunContext context, Staging staging, Lake.Draft draft, List<SortField> sortBy) {
    this.context = context;
    this.staging = staging;
    this.draft = draft;
    this.sortBy = sortBy;
  }

  /**
   * Files whose rows moved.
   *
   * @param removed paths of the files that they were in
   */
  record Result(List<DataFile> added, Set<String> removed) {
    /** All files that rows moved from or to. */
    Set<String> paths() {
      Set<String> paths = new HashSet<>(removed);
      added.forEach(f -> paths.add(f.path()));
      return paths;
    }
  }

  /**
   * Compacts what is worth it.
   *
   * @param step what comes and goes anyway
   */
  Result compact(TableFiles old, Lake.Step step) {
    Set<String> leaving = new HashSet<>(step.removed());
    step.thinned().forEach(f -> leaving.add(f.path()));
    Map<Map<String, Optional<String>>, List<DataFile>> small = new LinkedHashMap<>();
    List<List<DataFile>> worth = new ArrayList<>();
    for (DataFile file : old.files()) {
      if (leaving.contains(file.path())) {
        continue;
      }
      if (draft.moved() && file.deletes().isPresent()) {
        worth.add(List.of(file)); // what says which rows are gone names its old place
      } else if (file.bytes() < SMALL_BYTES) {
        small.computeIfAbsent(file.partition(), _ -> new ArrayList<>()).add(file);
      }
    }
    small.values().stream().filter(f -> f.size() >= MANY).forEach(worth::add);
    List<DataFile> added = new ArrayList<>();
    Set<String> removed = new HashSet<>();
    try {
      for (List<DataFile> files : worth) {
        added.addAll(merge(files));
        files.forEach(f -> removed.add(f.path()));
      }
    } catch (RuntimeException e) {
      staging.drop(added);
      throw e;
    }
    return new Result(added, removed);
  }

  private List<DataFile> merge(List<DataFile> files) {
    TableName rows = staging.expose(new Relation.Lake(new TableFiles(draft.fields(), files), true));
    String columns =
        draft.fields().stream().map(f -> Names.quote(f.name())).collect(Collectors.joining(", "));
    return context
        .session()
        .write(
            new WriteRequest(
                new Extract.Query(Statement.of("SELECT " + columns + " FROM " + rows.quoted())),
                draft.fields(),
                Staging.part(draft),
                draft.partitionBy(),
                sortBy,
                Optional.empty()),
            Monitor.NONE)
        .files();
  }
}
