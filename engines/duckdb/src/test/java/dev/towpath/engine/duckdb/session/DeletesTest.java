package dev.towpath.engine.duckdb.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.towpath.spi.Column;
import dev.towpath.spi.DataFile;
import dev.towpath.spi.Field;
import dev.towpath.spi.Lake;
import dev.towpath.spi.Monitor;
import dev.towpath.spi.Relation;
import dev.towpath.spi.Schema;
import dev.towpath.spi.TableFiles;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of which some rows are gone. */
class DeletesTest {
  private static final List<Field> FIELDS =
      Session.fields(Schema.of("n", "bigint", "s", "varchar"));

  @TempDir Path temp;
  private Path root;
  private Session session;

  @BeforeEach
  void open() throws IOException {
    root = Files.createDirectories(temp.toRealPath().resolve("it's [an] odd* place?, 50% ü"));
    session = new Session(root);
  }

  @AfterEach
  void close() {
    session.close();
  }

  private DataFile file(int first, List<Field> fields) {
    String names =
        fields.stream()
            .map(f ->
                (f.type().sql().equals("BIGINT") ? "range" : "'r' || range") + " AS " + f.name())
            .collect(Collectors.joining(", "));
    return session
        .write("SELECT " + names + " FROM range(" + first + ", " + (first + 5) + ")", fields)
        .files()
        .getFirst();
  }

  private DataFile thin(DataFile file, long... gone) {
    String positions =
        Arrays.stream(gone).mapToObj(Long::toString).collect(Collectors.joining(", "));
    DataFile deletes =
        session
            .write(
                "SELECT 'wherever it was' AS file_path, unnest([" + positions + "]) AS pos",
                Lake.DELETES)
            .files()
            .getFirst();
    return file.without(new DataFile.Deletes(deletes.path(), deletes.rows(), deletes.bytes()));
  }

  @Test
  void areReadWithoutThem() {
    DataFile first = file(0, FIELDS);
    DataFile whole = file(10, FIELDS);
    DataFile third = file(20, FIELDS);
    List<DataFile> files = List.of(thin(first, 0, 3), whole, thin(third, 0, 1, 2, 4));
    session.expose("a.t", FIELDS, files);
    assertThat(session.rows("SELECT n, s FROM a.t ORDER BY n"))
        .extracting(List::getFirst)
        .containsExactly("1", "2", "4", "10", "11", "12", "13", "14", "23");
    assertThat(session.rows("SELECT s FROM a.t WHERE n = 23 OR n = 24"))
        .containsExactly(List.of("r23"));
    assertThat(session.rows("SELECT count(*) FROM a.t")).containsExactly(List.of("9"));
    TableFiles table = new TableFiles(FIELDS, files);
    assertThat(table.rows()).isEqualTo(9);
    session.engine.expose(TableName.parse("a.w"), new Relation.Lake(table, true));
    assertThat(session.rows("SELECT towpath_file, towpath_row FROM a.w WHERE n IN (2, 11, 23)"))
        .containsExactlyInAnyOrder(
            List.of(first.path(), "2"), List.of(whole.path(), "1"), List.of(third.path(), "3"));
  }

  @Test
  void areHandedOnWithoutThem() {
    List<DataFile> files = List.of(thin(file(0, FIELDS), 1));
    List<Path> handed =
        session.engine.parquet(
            new Relation.Lake(new TableFiles(FIELDS, files)),
            Field.schema(FIELDS),
            root.resolve("copy.parquet"),
            Monitor.NONE);
    String paths = handed.stream().map(Literals::readable).collect(Collectors.joining(", "));
    assertThat(session.rows("SELECT n FROM read_parquet([" + paths + "]) ORDER BY n"))
        .extracting(List::getFirst)
        .containsExactly("0", "2", "3", "4");
  }

  @Test
  void columnsOfOtherNamesAndOfNamesThatTheEngineHas() {
    List<Field> then =
        List.of(
            new Field(1, "n", Column.of("n", "bigint").type(), List.of()),
            new Field(2, "filename", Column.of("s", "varchar").type(), List.of()));
    List<Field> numbered =
        List.of(
            then.getFirst(),
            new Field(3, "File_Row_Number", Column.of("n", "bigint").type(), List.of()));
    List<Field> now = List.of(then.get(1), new Field(1, "m", then.getFirst().type(), List.of()));
    DataFile thinned = thin(file(0, then), 0, 1, 2);
    DataFile hiding = file(10, numbered);
    TableFiles table = new TableFiles(now, List.of(thinned, hiding));
    session.engine.expose(TableName.parse("a.w"), new Relation.Lake(table, true));
    assertThat(
            session.rows(
                "SELECT m, filename, towpath_file, towpath_row FROM a.w ORDER BY m LIMIT 3"))
        .containsExactly(
            List.of("3", "r3", thinned.path(), "3"),
            List.of("4", "r4", thinned.path(), "4"),
            List.of("10", "null", hiding.path(), "null"));
  }

  @Test
  void areNotThereAgainWhenWhatNamesThemIsLost() throws IOException {
    DataFile thinned = thin(file(0, FIELDS), 1);
    session.expose("a.t", FIELDS, List.of(thinned));
    Path deletes = root.resolve(thinned.deletes().orElseThrow().path());
    Files.delete(deletes);
    for (Runnable call :
        List.<Runnable>of(
            () -> session.rows("SELECT sum(n) FROM a.t"),
            () -> session.expose("a.u", FIELDS, List.of(thinned)))) {
      assertThatExceptionOfType(TowpathException.class)
          .isThrownBy(call::run)
          .withMessage("the file " + deletes + " is missing");
    }
  }
}
