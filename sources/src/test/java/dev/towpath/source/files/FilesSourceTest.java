package dev.towpath.source.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.source.SourceContract;
import dev.towpath.source.SourceFiles;
import dev.towpath.source.Tables;
import dev.towpath.source.TestEngine;
import dev.towpath.source.common.Hashes;
import dev.towpath.spi.Extract;
import dev.towpath.spi.FileScan;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Shared;
import dev.towpath.spi.SourceReader;
import dev.towpath.spi.SourceReader.Probe;
import dev.towpath.spi.SourceReader.Reading;
import dev.towpath.spi.SourceState;
import dev.towpath.spi.SourceTable;
import dev.towpath.spi.TowpathException;
import dev.towpath.spi.WriteResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FilesSourceTest extends SourceContract {
  private static final Schema TWO = Schema.of("id", "BIGINT", "name", "VARCHAR");

  @Override
  protected SourceReader reader() {
    return new FilesSource();
  }

  @Override
  protected SourceTable given() throws Exception {
    write("data/b.csv", "id,name\n2,b\n");
    write("data/a.csv", "id,name\n1,a\n");
    return full();
  }

  @Override
  protected SourceTable change(SourceTable table) throws Exception {
    write("data/c.csv", "id,name\n3,c\n");
    return table;
  }

  @Override
  protected SourceTable missing() {
    return full("nowhere/*.csv");
  }

  private SourceTable full(Object... path) {
    return tables(path).table();
  }

  private SourceTable append(Object... path) {
    return tables(path).appending().table();
  }

  private Tables tables(Object... path) {
    return Tables.of("files", project).key("path", path.length == 0 ? "data/*.csv" : path[0]);
  }

  private Path write(String name, String content) throws IOException {
    return write(name, content.getBytes(StandardCharsets.UTF_8));
  }

  private Path write(String name, byte[] content) throws IOException {
    return SourceFiles.write(project.resolve(name), content);
  }

  private Schema contact(SourceTable table) {
    return reader().contact(table, TestEngine::infer);
  }

  private Reading read(SourceTable table, SourceState last, Schema schema) {
    return reader().read(table, Optional.ofNullable(last), schema, TestEngine::infer, new Shared());
  }

  private SourceState readAll(SourceTable table, SourceState last) {
    try (Reading reading = read(table, last, TWO)) {
      return reading.finish();
    }
  }

  private static List<String> files(Reading reading) {
    return ((Extract.Files) reading.extract())
        .scan().files().stream().map(FileScan.InputFile::name).toList();
  }

  private Probe probe(SourceTable table, SourceState last) {
    return reader().probe(table, Optional.of(last));
  }

  @Test
  void fullReadsAllAgainOnceAFileCameWentOrChanged() throws Exception {
    SourceTable table = given();
    SourceState state = readAll(table, null);
    write("data/c.csv", "id,name\n3,c\n");
    assertThat(probe(table, state)).isEqualTo(new Probe.Changed("1 new file: data/c.csv"));
    try (Reading reading = read(table, state, TWO)) {
      assertThat(files(reading)).containsExactly("data/a.csv", "data/b.csv", "data/c.csv");
      assertThat(reading.effect()).isEqualTo(SourceReader.Effect.REPLACE);
      state = reading.finish();
    }
    Files.delete(project.resolve("data/a.csv"));
    write("data/b.csv", "id,name\n4,b\n");
    assertThat(probe(table, state))
        .isEqualTo(new Probe.Changed("1 changed file: data/b.csv; 1 removed file: data/a.csv"));
    try (Reading reading = read(table, state, TWO)) {
      assertThat(TestEngine.bag(reading)).containsExactly("[3, c]", "[4, b]");
    }
  }

  @Test
  void appendReadsEachFileOnce() throws Exception {
    given();
    SourceTable table = append();
    SourceState state = readAll(table, null);
    assertThat(probe(table, state)).isEqualTo(new Probe.Unchanged());
    try (Reading none = read(table, state, TWO)) {
      assertThat(files(none)).isEmpty();
      assertThat(none.effect()).isEqualTo(SourceReader.Effect.APPEND);
      assertThat(none.finish().files()).hasSize(2);
    }
    write("data/d.csv", "id,name\n4,d\n");
    write("data/0.csv", "id,name\n0,z\n");
    assertThat(probe(table, state))
        .isEqualTo(new Probe.Changed("2 new files: data/0.csv, data/d.csv"));
    try (Reading reading = read(table, state, TWO)) {
      assertThat(files(reading)).containsExactly("data/0.csv", "data/d.csv");
      assertThat(reading.effect()).isEqualTo(SourceReader.Effect.APPEND);
      state = reading.finish();
    }
    assertThat(state.files())
        .extracting(SourceState.SourceFile::name)
        .containsExactly("data/0.csv", "data/a.csv", "data/b.csv", "data/d.csv");
    assertThat(probe(table, state)).isEqualTo(new Probe.Unchanged());
  }

  @Test
  void aTouchIsNoChange() throws Exception {
    given();
    for (SourceTable table : List.of(full(), append())) {
      SourceState state = readAll(table, null);
      Files.setLastModifiedTime(
          project.resolve("data/a.csv"), FileTime.from(Instant.parse("2031-01-01T00:00:00Z")));
      assertThat(probe(table, state)).isEqualTo(new Probe.Unchanged());
    }
  }

  @Test
  void aSecondWriteWithinOneTickIsNoticed() throws Exception {
    given();
    Path file = project.resolve("data/a.csv");
    // A time to come stands for "just now": the test must not depend on the machine's speed.
    FileTime time = FileTime.from(Instant.parse("2099-01-01T00:00:00.5Z"));
    Files.setLastModifiedTime(file, time);
    SourceState state = readAll(full(), null);
    write("data/a.csv", "id,name\n7,a\n"); // as long as before
    Files.setLastModifiedTime(file, time);
    assertThat(probe(full(), state)).isEqualTo(new Probe.Changed("1 changed file: data/a.csv"));
  }

  @Test
  void aSettledFileIsNotReadAgain() throws Exception {
    given();
    Path file = project.resolve("data/a.csv");
    Instant old = Instant.parse("2020-01-01T00:00:00.5Z");
    Files.setLastModifiedTime(file, FileTime.from(old));
    Thread.sleep(250); // until a new write could not go unseen
    SourceState state = readAll(full(), null);
    assertThat(state.files().getFirst().modified()).isEqualTo(old);
    // Proof that size and time settle it: content that they cannot tell apart goes unseen.
    write("data/a.csv", "id,name\n7,a\n");
    Files.setLastModifiedTime(file, FileTime.from(old));
    assertThat(probe(full(), state)).isEqualTo(new Probe.Unchanged());
  }

  @Test
  void changedContentAtAKnownPathFailsInAppend() throws Exception {
    given();
    SourceTable table = append();
    SourceState state = readAll(table, null);
    write("data/a.csv", "id,name\n1,changed\n");
    assertThat(probe(table, state)).isEqualTo(new Probe.Changed("1 changed file: data/a.csv"));
    assertThatThrownBy(() -> read(table, state, TWO))
        .isInstanceOf(TowpathException.class)
        .hasMessageContaining("sources/raw.yml:4:3: \"data/a.csv\" changed after it was read")
        .hasMessageContaining("on_change: replace");
    SourceTable replacing = tables().appending().key("on_change", "replace").table();
    try (Reading reading = read(replacing, state, TWO)) {
      assertThat(reading.effect()).isEqualTo(SourceReader.Effect.REPLACE);
      assertThat(TestEngine.bag(reading)).containsExactly("[1, changed]", "[2, b]");
    }
    Files.delete(project.resolve("data/b.csv"));
    assertThatThrownBy(() -> read(replacing, state, TWO))
        .hasMessageContaining("\"data/b.csv\" is gone")
        .hasMessageContaining("--full");
  }

  @Test
  void rowsOfAVanishedFileStayInAppend() throws Exception {
    given();
    SourceState state = readAll(append(), null);
    Files.delete(project.resolve("data/a.csv"));
    Files.delete(project.resolve("data/b.csv"));
    assertThat(probe(append(), state)).isEqualTo(new Probe.Unchanged());
    SourceTable strict = tables().appending().key("on_missing_file", "fail").table();
    assertThatThrownBy(() -> probe(strict, state))
        .hasMessageContaining("\"data/a.csv\" and 1 more was read before and is gone");
    write("data/c.csv", "id,name\n3,c\n");
    SourceState after = readAll(append(), state);
    assertThat(after.files()).hasSize(3);
    write("data/a.csv", "id,name\n1,a\n"); // back with the same content: known already
    assertThat(probe(append(), after)).isEqualTo(new Probe.Unchanged());
  }

  /** A large file that has lain there for a while is hashed while the engine reads it. */
  @Test
  void aLargeFileIsKnownByItsHashAndMayNotBeTouchedMeanwhile() throws Exception {
    String text = "id,name\n" + "1,a\n".repeat(5 << 20);
    write("data/a.csv", text);
    Thread.sleep(200); // until any further write must show in the file's times
    SourceState state = readAll(full(), null);
    assertThat(state.files().getFirst().hash())
        .isEqualTo(Hashes.sha256(project.resolve("data/a.csv")));
    try (Reading reading = read(full(), null, TWO)) {
      write("data/a.csv", text.replace('a', 'b').replace("nbme", "name"));
      write("data/a.csv", text);
      assertThatThrownBy(reading::finish)
          .hasMessageContaining("\"data/a.csv\" changed while it was read");
    }
  }

  @Test
  void aFileThatChangesWhileItIsReadFailsTheReading() throws Exception {
    given();
    try (Reading reading = read(full(), null, TWO)) {
      write("data/a.csv", "id,name\n9,a\n");
      assertThatThrownBy(reading::finish)
          .hasMessageContaining("\"data/a.csv\" changed while it was read");
    }
    try (Reading reading = read(full(), null, TWO)) {
      write("data/a.csv", "id,na");
      assertThatThrownBy(reading::finish)
          .hasMessageContaining("\"data/a.csv\" changed while it was read");
    }
    write("data/a.csv", "id,name\n1,a\n");
    try (Reading reading = read(full(), null, TWO)) {
      Files.delete(project.resolve("data/a.csv"));
      assertThatThrownBy(reading::finish)
          .hasMessageContaining("\"data/a.csv\" was removed while it was read");
    }
    write("data/a.csv", "id,name\n1,a\n");
    try (Reading reading = read(full(), null, TWO)) {
      write("data/a.csv", "id,name\n1,a\n"); // written again, and the same
      assertThat(reading.finish().files()).hasSize(2);
    }
  }

  @Test
  void nothingToReadIsTold() throws Exception {
    given();
    assertThatThrownBy(() -> contact(full("data/*.parquet")))
        .hasMessageContaining("no file matches \"data/*.parquet\"")
        .hasMessageContaining("\"data\" holds no such file");
    assertThatThrownBy(() -> contact(full("daat/*.csv")))
        .hasMessageContaining("did you mean \"data\"?");
    assertThatThrownBy(() -> contact(full("data/c.csv")))
        .hasMessageContaining("\"c.csv\" does not exist there");
    assertThatThrownBy(() -> contact(full("data")))
        .hasMessageContaining("\"data\" is a folder")
        .hasMessageContaining("data/*");
    write("data/empty.csv", "");
    assertThatThrownBy(() -> contact(full())).hasMessageContaining("\"data/empty.csv\" is empty");
    assertThatThrownBy(() -> read(full(), null, TWO))
        .hasMessageContaining("\"data/empty.csv\" is empty");
  }

  @Test
  void aPipeIsNotWaitedFor() throws Exception {
    Path pipe = SourceFiles.write(project.resolve("data/a.csv"), new byte[0]);
    Files.delete(pipe);
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    assertThatThrownBy(() -> contact(full()))
        .hasMessageContaining("\"data/a.csv\" is no ordinary file");
  }

  @Test
  void packedFilesAreReadAndHalvesAreNot() throws Exception {
    String rows = "id,name\n" + "1,aaaaaaaaaaaaaaaa\n2,b\n".repeat(20_000);
    write("data/a.csv.gz", SourceFiles.gzip(rows));
    Path zst = project.resolve("data/b.csv.zst");
    TestEngine.query(
        "COPY (SELECT i AS id, hash(i)::VARCHAR AS name FROM range(40000) t(i)) TO '"
            + zst
            + "' (FORMAT csv, COMPRESSION zstd)");
    SourceTable table = full("data/*.csv.{gz,zst}");
    assertThat(contact(table)).isEqualTo(TWO);
    try (Reading reading = read(table, null, TWO)) {
      assertThat(TestEngine.bag(reading)).hasSize(80_000);
      reading.finish();
    }
    byte[] whole = Files.readAllBytes(zst);
    SourceFiles.random()
        .ints(20, 1, whole.length)
        .forEach(cut -> {
          try {
            Files.write(zst, java.util.Arrays.copyOf(whole, cut));
          } catch (IOException e) {
            throw new AssertionError(e);
          }
          assertThatThrownBy(() -> read(full("data/*.zst"), null, TWO))
              .as("cut at " + cut)
              .hasMessageContaining("\"data/b.csv.zst\" is cut short");
        });
    write("data/a.csv.gz", java.util.Arrays.copyOf(SourceFiles.gzip(rows), 12));
    assertThatThrownBy(() -> read(full("data/*.gz"), null, TWO))
        .hasMessageContaining("\"data/a.csv.gz\" is cut short");
    write("data/a.csv.gz", rows);
    assertThatThrownBy(() -> read(full("data/*.gz"), null, TWO))
        .hasMessageContaining("\"data/a.csv.gz\" is no gzip file");
  }

  @Test
  void driftOfACsvIsToldWithFileAndColumn() throws Exception {
    given();
    SourceState state = readAll(append(), null);
    write("data/c.csv", "id,name,colour\n3,c,red\n");
    assertThatThrownBy(() -> read(append(), state, TWO))
        .hasMessageContaining("\"data/c.csv\" has a new column \"colour\"")
        .hasMessageContaining("hint: set on_new_column: add");
    SourceTable adding = tables().appending().key("on_new_column", "add").table();
    try (Reading reading = read(adding, state, TWO)) {
      assertThat(reading.schema())
          .isEqualTo(Schema.of("id", "BIGINT", "name", "VARCHAR", "colour", "VARCHAR"));
      assertThat(TestEngine.bag(reading)).containsExactly("[3, c, red]");
    }
    SourceTable ignoring = tables().appending().key("on_new_column", "ignore").table();
    try (Reading reading = read(ignoring, state, TWO)) {
      assertThat(reading.schema()).isEqualTo(TWO);
      assertThat(TestEngine.bag(reading)).containsExactly("[3, c]");
    }
    write("data/c.csv", "id,nam\n3,c\n");
    assertThatThrownBy(() -> read(append(), state, TWO))
        .hasMessageContaining("\"data/c.csv\" has no column \"name\"")
        .hasMessageContaining("it has \"nam\"");
    write("data/c.csv", "id\n3\n");
    SourceTable nulls = tables().appending().key("on_missing_column", "fill").table();
    try (Reading reading = read(nulls, state, TWO)) {
      assertThat(TestEngine.bag(reading)).containsExactly("[3, null]");
    }
  }

  @Test
  void columnsGoByNameWhateverTheirOrder() throws Exception {
    given();
    write("data/c.csv", "NAME,ID\nc,3\n");
    try (Reading reading = read(full(), null, TWO)) {
      assertThat(TestEngine.bag(reading)).containsExactly("[1, a]", "[2, b]", "[3, c]");
    }
  }

  @Test
  void driftOfJson() throws Exception {
    write("data/a.ndjson", "{\"id\": 1, \"name\": \"a\"}\n{\"id\": 2}\n");
    write("data/b.ndjson", "{\"id\": 3, \"name\": \"c\", \"extra\": {\"x\": 1}}\n");
    assertThatThrownBy(() -> read(full("data/*.ndjson"), null, TWO))
        .hasMessageContaining("\"data/b.ndjson\" has a new column \"extra\"");
    SourceTable adding = tables("data/*.ndjson").key("on_new_column", "add").table();
    try (Reading reading = read(adding, null, TWO)) {
      assertThat(reading.schema().column("extra")).isPresent();
      assertThat(TestEngine.bag(reading)).hasSize(3);
    }
    write("data/b.ndjson", "{\"id\": 3}\n"); // an absent key is NULL
    try (Reading reading = read(full("data/*.ndjson"), null, TWO)) {
      assertThat(TestEngine.bag(reading)).containsExactly("[1, a]", "[2, null]", "[3, null]");
    }
    SourceTable strict = tables("data/*.ndjson").key("on_missing_column", "fail").table();
    assertThatThrownBy(() -> read(strict, null, TWO))
        .hasMessageContaining("\"data/b.ndjson\" has no column \"name\"");
    write("data/c.json", "[{\"id\": 5, \"name\": \"x\"},\n {\"id\": 6, \"name\": \"y\"}]");
    try (Reading reading = read(full("data/c.json"), null, TWO)) {
      assertThat(TestEngine.bag(reading)).containsExactly("[5, x]", "[6, y]");
    }
  }

  @Test
  void anUnknownKeyFarDownAJsonFileIsNoticed() throws Exception {
    write(
        "data/a.ndjson",
        "{\"id\": 1, \"name\": \"a\"}\n".repeat(50_000) + "{\"id\": 1, \"late\": 5}\n");
    assertThatThrownBy(() -> read(full("data/*.ndjson"), null, TWO))
        .hasMessageContaining("has a new column \"late\"");
  }

  @Test
  void driftOfParquet() throws Exception {
    Files.createDirectories(project.resolve("data"));
    parquet("a", "SELECT 1::BIGINT AS id, 'a' AS name");
    parquet("b", "SELECT 2::INTEGER AS id, 'b' AS name");
    SourceTable table = full("data/*.parquet");
    try (Reading reading = read(table, null, TWO)) {
      assertThat(TestEngine.bag(reading)).containsExactly("[1, a]", "[2, b]");
    }
    parquet("b", "SELECT 'two' AS id, 'b' AS name");
    assertThatThrownBy(() -> read(table, null, TWO))
        .hasMessageContaining("\"data/b.parquet\" has VARCHAR in column \"id\"")
        .hasMessageContaining("the table has BIGINT");
    parquet("b", "SELECT 2::BIGINT AS id");
    assertThatThrownBy(() -> read(table, null, TWO))
        .hasMessageContaining("\"data/b.parquet\" has no column \"name\"");
  }

  private void parquet(String name, String sql) {
    Path file = project.resolve("data/" + name + ".parquet");
    TestEngine.query("COPY (" + sql + ") TO '" + file + "' (FORMAT parquet)");
  }

  @Test
  void oddCsvFiles() throws Exception {
    write(
        "data/ü n.csv",
        "\uFEFF\"id\",\"na\"\"me, x\", Größe \r\n1,\"two\r\nlines, \"\"quoted\"\"\",ß\r\n2,,\r\n");
    SourceTable table = full();
    Schema schema = contact(table);
    assertThat(schema.names()).containsExactly("id", "na\"me, x", "Größe");
    try (Reading reading = read(table, null, schema)) {
      assertThat(files(reading)).containsExactly("data/ü n.csv");
      assertThat(TestEngine.bag(reading))
          .containsExactly("[1, two\r\nlines, \"quoted\", ß]", "[2, null, null]");
    }
    write("data/ü n.csv", "\"id\",\"na\nme\"\n1,2\n");
    assertThatThrownBy(() -> contact(table)).hasMessageContaining("has a line break in the name");
  }

  @Test
  void anUnnamedColumnHasTheNameThatTheEngineGives() throws Exception {
    write("data/a.csv", ",name\n0,a\n1,b\n");
    Schema schema = contact(full());
    try (Reading reading = read(full(), null, schema)) {
      assertThat(TestEngine.bag(reading)).containsExactly("[0, a]", "[1, b]");
    }
  }

  @Test
  void optionsReachTheEngine() throws Exception {
    write(
        "data/a.txt",
        ("made by hand\n# a comment\nid;when;amount;note;at\n1;31.12.2024;3,5;'a;b';31.12.2024"
                + " 10h05\n2;-;-;'it''s';-\n")
            .getBytes(StandardCharsets.ISO_8859_1));
    SourceTable table =
        tables("data/a.txt")
            .key("format", "csv")
            .key("delimiter", ";")
            .key("quote", "'")
            .key("skip", 1L)
            .key("comment", "#")
            .key("nullstr", "-")
            .key("dateformat", "%d.%m.%Y")
            .key("timestampformat", "%d.%m.%Y %Hh%M")
            .key("decimal_separator", ",")
            .key("encoding", "latin-1")
            .table();
    Schema schema = contact(table);
    assertThat(schema)
        .isEqualTo(
            Schema.of(
                "id",
                "BIGINT",
                "when",
                "DATE",
                "amount",
                "DOUBLE",
                "note",
                "VARCHAR",
                "at",
                "TIMESTAMP"));
    try (Reading reading = read(table, null, schema)) {
      assertThat(TestEngine.bag(reading))
          .containsExactly(
              "[1, 2024-12-31, 3.5, a;b, 2024-12-31 10:05:00.0]", "[2, null, null, it's, null]");
    }
  }

  @Test
  void aForgottenDelimiterIsTold() throws Exception {
    write("data/a.csv", "id;name\n1;a\n");
    assertThatThrownBy(() -> contact(full()))
        .hasMessageContaining("has only one column, \"id;name\"")
        .hasMessageContaining("set delimiter: \";\"");
    SourceTable table = tables().key("delimiter", ";").table();
    assertThat(contact(table)).isEqualTo(TWO);
    write("data/a.tsv", "id\tname\n1\ta\n");
    assertThat(contact(full("data/*.tsv"))).isEqualTo(TWO);
  }

  @Test
  void withoutAHeaderColumnsGoByPlace() throws Exception {
    write("data/a.csv", "1,a\n2,b\n");
    SourceTable table =
        tables().key("header", false).declaring("id", "bigint", "name", "varchar").table();
    try (Reading reading = read(table, null, contact(table))) {
      assertThat(TestEngine.bag(reading)).containsExactly("[1, a]", "[2, b]");
    }
    write("data/b.csv", "1,a,x\n");
    assertThatThrownBy(() -> read(table, null, TWO))
        .hasMessageContaining("\"data/b.csv\" has 3 columns, but the table has 2");
  }

  @Test
  void aHeaderWithOneNameTwiceIsTold() throws Exception {
    write("data/a.csv", "id,ID\n1,2\n");
    assertThatThrownBy(() -> contact(full()))
        .hasMessageContaining("\"data/a.csv\" has two columns \"ID\"");
  }

  @Test
  void aSourceMaySayTheFolder() throws Exception {
    given();
    Tables base = Tables.of("files", project).sourceKey("path", "data");
    assertThat(contact(base.key("path", "*.csv").table())).isEqualTo(TWO);
    assertThat(contact(base.named("raw.a").table())).isEqualTo(TWO);
    try (Reading reading = read(base.named("raw.a").table(), null, TWO)) {
      assertThat(files(reading)).containsExactly("data/a.csv");
    }
    assertThat(contact(base.key("path", List.of("a.csv", "b.csv")).table())).isEqualTo(TWO);
  }

  @Test
  void formatsAreNotMixed() throws Exception {
    given();
    write("data/a.ndjson", "{\"id\": 1}\n");
    write("data/a.txt", "id,name\n1,a\n");
    write("data/a.csv.bz2", "x");
    assertThatThrownBy(() -> contact(full("data/{a,b}.{csv,ndjson}")))
        .hasMessageContaining("are written in different formats");
    assertThatThrownBy(() -> contact(full("data/*.txt"))).hasMessageContaining("set format: csv");
    assertThat(contact(tables("data/*.txt").key("format", "csv").table())).isEqualTo(TWO);
    assertThatThrownBy(() -> contact(full("data/*.bz2")))
        .hasMessageContaining("is compressed in a way that cannot be read");
  }

  @Test
  void badRowsFailOrAreSetAside() throws Exception {
    write("data/a.csv", "id,name\n1,a\nx,b\n3,c,d\n");
    try (Reading reading = read(full(), null, TWO)) {
      assertThatThrownBy(() -> TestEngine.bag(reading)).hasMessageContaining("data/a.csv:3:");
    }
    SourceTable table = tables().key("on_bad_row", "reject").table();
    try (Reading reading = read(table, null, TWO)) {
      WriteResult result = TestEngine.write(((Extract.Files) reading.extract()).scan());
      assertThat(result.rejected()).extracting(WriteResult.RejectedRow::line).contains(3L, 4L);
      assertThat(result.files()).singleElement().satisfies(f -> assertThat(f.rows()).isOne());
    }
  }

  @Test
  void halvesAreToldByTheEngineAtTheLatest() throws Exception {
    byte[] whole = SourceFiles.gzip("id,name\n" + "1,abcdefgh\n".repeat(200_000));
    write("data/a.csv.gz", java.util.Arrays.copyOf(whole, whole.length - 5));
    try (Reading reading = read(full("data/*.gz"), null, TWO)) {
      assertThatThrownBy(() -> TestEngine.bag(reading))
          .hasMessageContaining("data/a.csv.gz")
          .hasMessageContaining("cut short or damaged");
    }
  }

  @Test
  void mistakesAreToldTogether() {
    SourceTable table =
        Tables.of("files", project)
            .key("on_bad_row", "rejct")
            .key("on_change", "replace")
            .key("delimiter", "ab")
            .key("skip", "two")
            .key("encoding", "cp437")
            .key("format", "cvs")
            .table();
    String problems = reader().check(table).toString();
    assertThat(reader().check(table)).hasSize(7);
    assertThat(problems)
        .contains(
            "has no \"path\"",
            "did you mean \"reject\"?",
            "\"on_change\" means nothing in mode \"full\"",
            "\"delimiter\" must be one character",
            "\"skip\" must be a number of lines",
            "\"encoding\" cannot be \"cp437\"",
            "did you mean \"csv\"?");
  }
}
