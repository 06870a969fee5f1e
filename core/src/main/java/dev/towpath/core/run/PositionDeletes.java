package dev.towpath.core.run;

import dev.towpath.spi.DataFile;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Extract;
import dev.towpath.spi.Field;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Says which rows of a file are gone instead of writing the file again without them. That costs
 * whoever reads it a little, so only large files with few such rows are treated so; a file of which
 * much has gone is written anew the next time that one of its rows goes.
 */
final class PositionDeletes {
  /** Where rows are, on the way: the file, and how many rows are written before. */
  static final List<Field> POSITIONS =
      List.of(
          new Field(1, "towpath_of", DataType.parse("VARCHAR"), List.of()),
          new Field(2, "towpath_pos", DataType.parse("BIGINT"), List.of()));

  /** A file below this is written again in less time than a second file costs. */
  private static final long LARGE_BYTES = 4L << 20;

  /** One row of so many may be gone from a file: readers read of all that are. */
  private static final long SHARE = 20;

  /** A property by which tests have files treated so whatever their size. */
  private static final String ALWAYS = "towpath.deletes.always";

  private final RunContext context;
  private final Staging staging;
  private final Lake.Draft draft;

  PositionDeletes(RunContext context, Staging staging, Lake.Draft draft) {
    this.context = context;
    this.staging = staging;
    this.draft = draft;
  }

  /** Whether a file stays, without the rows that are touched. */
  boolean fit(Keyed.Touched touched) {
    DataFile file = touched.file();
    long gone = file.rows() - file.live() + touched.rows();
    boolean worth = file.bytes() >= LARGE_BYTES && gone <= file.rows() / SHARE;
    return touched.numbered()
        && !draft.moved()
        && gone < file.rows()
        && (worth || Boolean.getBoolean(ALWAYS));
  }

  /**
   * Writes for each file which of its rows are gone: those that were before, and others.
   *
   * @param others a table of {@link #POSITIONS}
   */
  List<DataFile> write(List<Keyed.Touched> files, TableName others) {
    List<DataFile> thinned = new ArrayList<>();
    try {
      for (Keyed.Touched touched : files) {
        DataFile file = touched.file();
        DataFile.Deletes gone = write(file, others);
        thinned.add(file.without(gone));
        if (gone.rows() != file.rows() - file.live() + touched.rows()) {
          throw new IllegalStateException("other rows were found to be gone from " + file.path());
        }
      }
    } catch (RuntimeException e) {
      staging.drop(new Lake.Step(List.of(), Set.of(), thinned));
      throw e;
    }
    return thinned;
  }

  private DataFile.Deletes write(DataFile file, TableName others) {
    String positions =
        "SELECT towpath_pos AS pos FROM "
            + others.quoted()
            + " WHERE towpath_of = "
            + Names.literal(file.path())
            + file.deletes()
                .map(before -> " UNION ALL SELECT pos FROM " + expose(before).quoted())
                .orElse("");
    String query =
        "SELECT "
            + Names.literal(context.lake().absolute(file.path()))
            + " AS file_path, pos FROM ("
            + positions
            + ")";
    DataFile written =
        context
            .session()
            .write(
                new WriteRequest(
                    new Extract.Query(Statement.of(query)),
                    Lake.DELETES,
                    Staging.part(draft),
                    List.of(),
                    List.of(new SortField("pos", false)),
                    Optional.empty()),
                Monitor.NONE)
            .files()
            .getFirst();
    return new DataFile.Deletes(written.path(), written.rows(), written.bytes());
  }

  private TableName expose(DataFile.Deletes deletes) {
    List<Integer> ids = Lake.DELETES.stream().map(Field::id).toList();
    DataFile file =
        new DataFile(deletes.path(), deletes.rows(), deletes.bytes(), ids, Map.of(), Map.of());
    return staging.expose(new Relation.Lake(new TableFiles(Lake.DELETES, List.of(file))));
  }
}
