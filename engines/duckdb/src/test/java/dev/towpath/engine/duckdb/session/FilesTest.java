package dev.towpath.engine.duckdb.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.towpath.spi.Column;
import dev.towpath.spi.Extract;
import dev.towpath.spi.Field;
import dev.towpath.spi.FileScan;
import dev.towpath.spi.FileScan.Format;
import dev.towpath.spi.FileScan.InputFile;
import dev.towpath.spi.Monitor;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TowpathException;
import dev.towpath.spi.WriteRequest;
import dev.towpath.spi.WriteResult;
import dev.towpath.spi.WriteResult.RejectedRow;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files from outside: their columns, their rows, and what is wrong with them. */
class FilesTest {
  @TempDir Path root;
  Session session;

  @BeforeEach
  void open() {
    session = new Session(root);
  }

  @AfterEach
  void close() {
    session.close();
  }

  private InputFile file(String name, String text) throws IOException {
    return file(name, text.getBytes(UTF_8));
  }

  private InputFile file(String name, byte[] bytes) throws IOException {
    Path path = root.resolve("in").resolve(name);
    Files.createDirectories(path.getParent());
    Files.write(path, bytes);
    return new InputFile("in/" + name, path);
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(text.getBytes(UTF_8));
    }
    return out.toByteArray();
  }

  private static FileScan scan(Format format, InputFile... files) {
    return new FileScan(format, List.of(files), Map.of(), Optional.empty(), false);
  }

  private static FileScan as(FileScan scan, String... columns) {
    return new FileScan(
        scan.format(),
        scan.files(),
        scan.options(),
        Optional.of(Schema.of(columns)),
        scan.tolerant());
  }

  private static FileScan with(FileScan scan, Map<String, String> options) {
    return new FileScan(scan.format(), scan.files(), options, scan.columns(), scan.tolerant());
  }

  private static FileScan tolerant(FileScan scan) {
    return new FileScan(scan.format(), scan.files(), scan.options(), scan.columns(), true);
  }

  private WriteResult ingest(FileScan scan) {
    Schema schema = scan.columns().orElseGet(() -> session.engine.infer(scan));
    List<Column> columns = new ArrayList<>(schema.columns());
    columns.add(Column.of("_file", "varchar"));
    columns.add(Column.of("_row", "bigint"));
    columns.add(Column.of("_run", "varchar"));
    List<Field> fields = Session.fields(new Schema(columns));
    WriteResult result =
        session.engine.write(
            new WriteRequest(
                new Extract.Files(scan),
                fields,
                session.directory(),
                List.of(),
                List.of(),
                Optional.of(new WriteRequest.Provenance("run-7"))),
            Monitor.NONE);
    session.expose("raw.t", fields, result.files());
    // Once more with the hidden columns in sight: as a table that lacks one of the three.
    session.expose(
        "raw.h", fields.stream().filter(f -> !f.name().equals("_run")).toList(), result.files());
    return result;
  }

  private List<String> lines(String sql) {
    return session.rows(sql).stream().map(r -> String.join("|", r)).toList();
  }

  @Test
  void csvKeepsWhereEachRowCameFrom() throws IOException {
    FileScan scan =
        scan(
            Format.CSV,
            file("a.csv", "id,name\n1,x\n2,\"y,\"\"z\"\n"),
            file("b.csv.gz", gzip("name,id\nq,3\n")));
    assertThat(session.engine.infer(scan)).isEqualTo(Schema.of("id", "bigint", "name", "varchar"));
    ingest(scan);
    assertThat(session.engine.describe(Statement.of("FROM raw.t")).names())
        .containsExactly("id", "name");
    assertThat(lines("SELECT * FROM raw.h ORDER BY id"))
        .containsExactly("1|x|in/a.csv|1", "2|y,\"z|in/a.csv|2", "3|q|in/b.csv.gz|1");
  }

  @Test
  void rowsAreNumberedInTheOrderOfALargeFile() throws IOException {
    StringBuilder text = new StringBuilder("n\n");
    for (int i = 1; i <= 300_000; i++) {
      text.append(i).append('\n');
    }
    ingest(
        new FileScan(
            Format.CSV,
            List.of(file("n.csv", text.toString()), file("m.csv", text.toString())),
            Map.of("header", "true"),
            Optional.of(Schema.of("n", "BIGINT")),
            false));
    assertThat(lines("SELECT count(*), count(*) FILTER (n <> _row) FROM raw.h"))
        .containsExactly("600000|0");
  }

  /** Several threads read a large file; whichever comes first must not be taken for its header. */
  @Test
  void theFirstLineOfALargeFileIsItsHeader() throws IOException {
    StringBuilder text = new StringBuilder("n\n");
    for (int i = 1; i <= 300_000; i++) {
      text.append(i).append('\n');
    }
    InputFile one = file("n.csv", text.toString());
    FileScan quick =
        new FileScan(
            Format.CSV, List.of(one), Map.of(FileOptions.SAMPLE, "1000"), Optional.empty(), false);
    for (int i = 0; i < 200; i++) { // in one of fifty the lines came in another order
      assertThat(session.engine.infer(quick)).isEqualTo(Schema.of("n", "BIGINT"));
    }
    FileScan scan = scan(Format.CSV, one, file("m.csv", text.toString()));
    assertThat(session.engine.infer(scan)).isEqualTo(Schema.of("n", "BIGINT"));
    ingest(scan);
    assertThat(lines("SELECT count(*), count(*) FILTER (n <> _row) FROM raw.h"))
        .containsExactly("600000|0");
  }

  @Test
  void manyFiles() throws IOException {
    List<InputFile> files = new ArrayList<>();
    for (int i = 0; i < 1203; i++) {
      files.add(file("many/" + i + ".csv", "n\n" + i + "\n" + i + "\n"));
    }
    ingest(new FileScan(Format.CSV, files, Map.of(), Optional.empty(), false));
    assertThat(lines("SELECT count(*), sum(n), count(DISTINCT _file), max(_row) FROM raw.h"))
        .containsExactly("2406|" + (1202L * 1203) + "|1203|2");
  }

  @Test
  void columnsThatAFileLacksAreNull() throws IOException {
    FileScan scan = scan(Format.CSV, file("a.csv", "a,b\n1,2\n"), file("b.csv", "b,c,a\n5,6,4\n"));
    assertThat(session.engine.infer(scan))
        .isEqualTo(Schema.of("a", "bigint", "b", "bigint", "c", "bigint"));
    ingest(scan);
    assertThat(lines("FROM raw.t ORDER BY a")).containsExactly("1|2|null", "4|5|6");
    ingest(as(scan, "b", "double"));
    assertThat(lines("FROM raw.t ORDER BY b")).containsExactly("2.0", "5.0");
  }

  @Test
  void csvOptions() throws IOException {
    FileScan scan =
        with(
            scan(
                Format.CSV,
                file(
                    "a.csv",
                    "made by hand\nd;x;n\n'1/2/2013';-;'1,5'\n"
                        .getBytes(StandardCharsets.ISO_8859_1))),
            Map.of(
                "delimiter",
                ";",
                "quote",
                "'",
                "skip",
                "1",
                "nullstr",
                "-",
                "dateformat",
                "%d/%m/%Y",
                "decimal_separator",
                ",",
                "encoding",
                "latin-1"));
    ingest(as(scan, "d", "date", "x", "integer", "n", "decimal(5,2)"));
    assertThat(lines("FROM raw.t")).containsExactly("2013-02-01|null|1.50");
    assertThatExceptionOfType(TowpathException.class)
        .isThrownBy(() -> session.engine.infer(with(scan, Map.of("delimeter", ";"))))
        .withMessage("unknown option \"delimeter\" for CSV files")
        .satisfies(e -> assertThat(e.hint()).hasValue("did you mean \"delimiter\"?"));
  }

  @Test
  void csvWithoutAHeader() throws IOException {
    FileScan scan = scan(Format.CSV, file("a.csv", "1\tx\n2\ty\n"));
    assertThat(session.engine.infer(scan))
        .isEqualTo(Schema.of("column0", "bigint", "column1", "varchar"));
    ingest(as(scan, "id", "integer", "name", "varchar"));
    assertThat(lines("FROM raw.t ORDER BY id")).containsExactly("1|x", "2|y");
  }

  @Test
  void csvNamesAreAsInferred() throws IOException {
    FileScan scan =
        scan(
            Format.CSV,
            file("a.csv", "\uFEFFid, Ab c ,ab c,,\"q \"\"x\"\"\",ID,select\n1,2,3,4,5,6,7\n"));
    Schema schema = session.engine.infer(scan);
    ingest(scan);
    assertThat(lines("FROM raw.t")).as(schema.toString()).containsExactly("1|2|3|4|5|6|7");
  }

  @Test
  void theFirstBadRowIsNamed() throws IOException {
    FileScan scan =
        as(
            scan(
                Format.CSV,
                file("a.csv", "a,b\n1,x\n"),
                file("b.csv", "a,b\n1,x\n2,\"two\nlines\"\nzz,y\n4\n")),
            "a",
            "integer",
            "b",
            "varchar");
    assertThatExceptionOfType(TowpathException.class)
        .isThrownBy(() -> ingest(scan))
        .withMessageStartingWith("in/b.csv:5:1: \"zz\" in column \"a\" is not of type INTEGER\n");
    assertThat(root.resolve("data/0")).isEmptyDirectory();
    FileScan gzip =
        as(
            scan(Format.CSV, file("c.csv.gz", gzip("a,b\r\n1,\"x\r\n\"\r\n2\r\n"))),
            "a",
            "integer",
            "b",
            "varchar");
    assertThatExceptionOfType(TowpathException.class)
        .isThrownBy(() -> ingest(gzip))
        .withMessageStartingWith("in/c.csv.gz:4:1: the row has 1 value, not 2\n");
  }

  @Test
  void badRowsAreSetAside() throws IOException {
    FileScan scan =
        tolerant(
            as(
                scan(
                    Format.CSV,
                    file("a.csv", "a,b\n1,x\n2,\"two\nlines\"\nzz,y\n4\n5,ok,more\n6,z\n"),
                    file("b.csv", "b,a\nq,7\nr,8x\n")),
                "a",
                "integer",
                "b",
                "varchar"));
    assertThat(ingest(scan).rejected())
        .containsExactly(
            new RejectedRow(
                "in/a.csv", 5, "a", "zz,y", "\"zz\" in column \"a\" is not of type INTEGER"),
            new RejectedRow("in/a.csv", 6, "b", "4", "the row has 1 value, not 2"),
            new RejectedRow("in/a.csv", 7, "", "5,ok,more", "the row has 3 values, not 2"),
            new RejectedRow(
                "in/b.csv", 3, "a", "r,8x", "\"8x\" in column \"a\" is not of type INTEGER"));
    assertThat(lines("SELECT a FROM raw.t ORDER BY a")).containsExactly("1", "2", "6", "7");
    assertThat(ingest(scan).rejected()).hasSize(4);
  }

  /** DuckDB's reader makes 2 of 1.5, and 2 of 15e-1, without a word. */
  @Test
  void wholeNumbersInCsvAreNeverRounded() throws IOException {
    InputFile good = file("good.csv", "s,n\na,1\nb,2.0\nc,-3\nd,4e2\ne,\nf,\"\"\ng,-5.00\nh, 6 \n");
    ingest(as(scan(Format.CSV, good), "n", "bigint"));
    assertThat(lines("SELECT n FROM raw.t ORDER BY n NULLS LAST"))
        .containsExactly("-5", "-3", "1", "2", "6", "400", "null", "null");
    for (String value : List.of("1.5", "-0.5", "15e-1", "1e-2", "2.000001", "0.9", "x", "300")) {
      String text = "s,n\n\"two\nlines\",7\n\n\"a \"\"b\"\"\"," + value + "\nc,8\n";
      for (InputFile bad : List.of(file("bad.csv", text), file("bad.csv.gz", gzip(text)))) {
        String reason = "\"" + value + "\" in column \"n\" is not of type TINYINT";
        FileScan scan = as(scan(Format.CSV, bad), "n", "tinyint", "s", "varchar");
        assertThatExceptionOfType(TowpathException.class)
            .as(value)
            .isThrownBy(() -> ingest(scan))
            .withMessageStartingWith(bad.name() + ":5:1: " + reason + "\n");
        assertThat(ingest(tolerant(scan)).rejected())
            .as(value)
            .containsExactly(
                new RejectedRow(bad.name(), 5, "n", "\"a \"\"b\"\"\"," + value, reason));
        assertThat(lines("SELECT n, s, _row FROM raw.h ORDER BY n"))
            .containsExactly("7|two\nlines|1", "8|c|2");
      }
    }
  }

  @Test
  void fractionsAreSetAsideAmongOtherBadRows() throws IOException {
    FileScan scan =
        tolerant(
            as(
                scan(
                    Format.CSV,
                    file(
                        "a.csv",
                        "n,d\n1,2026-01-01\n2.5,2026-01-02\n3,never\n4\n5.5,2026-01-05\n6,2026-01-06\n"),
                    file("b.csv", "d,n\r\n2026-01-07,x\r\nnever,8.5\r\n2026-01-09,9.5\r\n")),
                "n",
                "integer",
                "d",
                "date"));
    assertThat(ingest(scan).rejected())
        .extracting(r -> r.file() + ":" + r.line() + " " + r.column() + " " + r.text())
        .containsExactly(
            "in/a.csv:3 n 2.5,2026-01-02",
            "in/a.csv:4 d 3,never",
            "in/a.csv:5 d 4",
            "in/a.csv:6 n 5.5,2026-01-05",
            "in/b.csv:2 n 2026-01-07,x",
            "in/b.csv:3 d never,8.5",
            "in/b.csv:4 n 2026-01-09,9.5");
    assertThat(lines("SELECT n, d FROM raw.t ORDER BY n"))
        .containsExactly("1|2026-01-01", "6|2026-01-06");
  }

  /** Each of these says in another way which lines are rows. */
  @Test
  void theLineOfAFractionIsFoundInEveryDialect() throws IOException {
    for (Map.Entry<String, Map<String, String>> each :
        Map.of(
                "made\nby hand\nn;s\n1;x\n# no row\n2.5;y\n",
                Map.of("skip", "2", "comment", "#", "header", "true"),
                "n|s\n1|'it\\'s\n'\n2.5|y\n\n\n",
                Map.of("quote", "'", "escape", "\\"),
                "0\t\u00e4\n1\t\"\u00e4\n\n\n\"\n2.5\t\n",
                Map.of("encoding", "latin-1", "header", "false"))
            .entrySet()) {
      InputFile file = file("d.csv", each.getKey().getBytes(StandardCharsets.ISO_8859_1));
      FileScan scan =
          as(with(scan(Format.CSV, file), each.getValue()), "n", "integer", "s", "varchar");
      int line =
          (int)
                  each.getKey()
                      .substring(0, each.getKey().indexOf("2.5"))
                      .chars()
                      .filter(c -> c == '\n')
                      .count()
              + 1;
      assertThatExceptionOfType(TowpathException.class)
          .as(each.getKey())
          .isThrownBy(() -> ingest(scan))
          .withMessageStartingWith("in/d.csv:" + line + ":1: \"2.5\" in column \"n\"");
    }
    FileScan one = as(scan(Format.CSV, file("o.csv", "n\n1\n\n\n2.5\n")), "n", "integer");
    assertThatExceptionOfType(TowpathException.class)
        .isThrownBy(() -> ingest(one))
        .withMessageStartingWith("in/o.csv:5:1: \"2.5\" in column \"n\"");
  }

  /** A file that is copied in pieces, and files for which that is given up on the way. */
  @Test
  void aLargeFileIsLikeASmallOne() throws IOException {
    StringBuilder rows = new StringBuilder("n,s\n");
    for (int i = 1; i <= 600_000; i++) {
      rows.append(i)
          .append(
              i % 1000 == 0
                  ? ",\"two\nlines, \"\"quoted\"\"\"\n"
                  : ",0123456789012345678901234567890123456789012345678901234\n");
    }
    int half = rows.indexOf("\n", rows.length() / 2) + 1;
    String inch = rows.substring(0, half) + "0,5\" wide\n" + rows.substring(half);
    assertThat(rows.length()).isGreaterThan((int) CsvPieces.LARGE);
    InputFile good = file("good.csv", rows.toString());
    WriteResult written =
        ingest(
            as(
                scan(Format.CSV, good, file("s.csv", "s,n\nx,600001\n")),
                "n",
                "bigint",
                "s",
                "varchar"));
    assertThat(written.files()).allMatch(f -> Files.exists(root.resolve(f.path())));
    assertThat(
            lines(
                "SELECT _file, count(*), sum(n), count(*) FILTER (n <> _row), count(DISTINCT s) FROM"
                    + " raw.h GROUP BY 1 ORDER BY 1"))
        .containsExactly("in/good.csv|600000|180000300000|0|2", "in/s.csv|1|600001|1|1");
    assertThat(root.resolve("spill")).isEmptyDirectory();

    ingest(as(scan(Format.CSV, file("inch.csv", inch)), "n", "bigint", "s", "varchar"));
    assertThat(lines("SELECT count(*), count(DISTINCT _row), max(_row), max(s) FROM raw.h"))
        .containsExactly("600001|600001|600001|two\nlines, \"quoted\"");
    assertThat(lines("SELECT s FROM raw.h WHERE n = 0")).containsExactly("5\" wide");

    String bad = rows.substring(0, half) + "1.5,x\n" + rows.substring(half);
    long line = rows.substring(0, half).chars().filter(c -> c == '\n').count() + 1;
    FileScan wrong = as(scan(Format.CSV, file("bad.csv", bad)), "n", "bigint", "s", "varchar");
    assertThatExceptionOfType(TowpathException.class)
        .isThrownBy(() -> ingest(wrong))
        .withMessageStartingWith(
            "in/bad.csv:" + line + ":1: \"1.5\" in column \"n\" is not of type BIGINT\n");
  }

  @Test
  void json() throws IOException {
    FileScan scan =
        scan(
            Format.JSON,
            file(
                "a.json",
                "[{\"id\": 1, \"tags\": [\"x\"]},\n {\"id\": 2, \"at\": {\"x y\": 1.5}}]"),
            file("b.json.gz", gzip("[{\"id\": 3}]")));
    assertThat(session.engine.infer(scan))
        .isEqualTo(Schema.of("id", "bigint", "tags", "varchar[]", "at", "struct(\"x y\" double)"));
    ingest(scan);
    assertThat(lines("FROM raw.h ORDER BY id"))
        .containsExactly(
            "1|[x]|null|in/a.json|1", "2|null|{x y=1.5}|in/a.json|2", "3|null|null|in/b.json.gz|1");
  }

  @Test
  void ndjson() throws IOException {
    FileScan scan =
        scan(Format.NDJSON, file("a.ndjson", "{\"id\": 1}\n{\"id\": 2, \"s\": \"x\"}\n"));
    assertThat(session.engine.infer(scan)).isEqualTo(Schema.of("id", "bigint", "s", "varchar"));
    ingest(scan);
    assertThat(lines("FROM raw.h ORDER BY id"))
        .containsExactly("1|null|in/a.ndjson|1", "2|x|in/a.ndjson|2");
  }

  @Test
  void badJsonIsNamedOrSetAside() throws IOException {
    FileScan scan =
        as(
            scan(
                Format.NDJSON,
                file(
                    "a.ndjson",
                    "{\"id\": 1}\n\n{\"id\": \"x\"}\n{\"id\": 3,\n[4]\n{\"id\": 5, \"s\": null}\n")),
            "id",
            "integer",
            "s",
            "varchar");
    assertThatExceptionOfType(TowpathException.class)
        .isThrownBy(() -> ingest(scan))
        .withMessageStartingWith("in/a.ndjson:3:1: the value of \"id\" is not of type INTEGER\n");
    assertThat(ingest(tolerant(scan)).rejected())
        .containsExactly(
            new RejectedRow(
                "in/a.ndjson",
                3,
                "id",
                "{\"id\": \"x\"}",
                "the value of \"id\" is not of type INTEGER"),
            new RejectedRow("in/a.ndjson", 4, "", "{\"id\": 3,", "this is not JSON"),
            new RejectedRow("in/a.ndjson", 5, "", "[4]", "this is not a JSON object"));
    assertThat(lines("FROM raw.h ORDER BY id"))
        .containsExactly("1|null|in/a.ndjson|1", "5|null|in/a.ndjson|2");
    FileScan array =
        as(scan(Format.JSON, file("b.json", "[{\"id\": 1},\n{\"id\": \"x\"}]")), "id", "integer");
    assertThatExceptionOfType(TowpathException.class)
        .isThrownBy(() -> ingest(array))
        .withMessageStartingWith(
            "in/b.json: record 2: the value of \"id\" is not of type INTEGER\n");
    assertThat(ingest(tolerant(array)).rejected()).hasSize(1);
  }

  @Test
  void wholeNumbersInJsonAreNeverRounded() throws IOException {
    InputFile good =
        file(
            "good.ndjson",
            "{\"n\": 1}\n{\"n\": 2.0}\n{\"n\": \"3\"}\n{\"n\": 4e2}\n{}\n{\"n\": null}\n");
    ingest(as(scan(Format.NDJSON, good), "n", "bigint"));
    assertThat(lines("SELECT n FROM raw.t ORDER BY n NULLS LAST"))
        .containsExactly("1", "2", "3", "400", "null", "null");
    for (String value : List.of("1.5", "true", "\"1.5\"", "15e-1", "300", "[1]", "\"\"")) {
      InputFile bad = file("bad.ndjson", "{\"n\": 7}\n{\"n\": " + value + "}\n");
      FileScan both = as(scan(Format.NDJSON, good, bad), "n", "tinyint");
      assertThatExceptionOfType(TowpathException.class)
          .as(value)
          .isThrownBy(() -> ingest(as(scan(Format.NDJSON, bad), "n", "tinyint")))
          .withMessageStartingWith(
              "in/bad.ndjson:2:1: the value of \"n\" is not of type TINYINT\n");
      assertThat(ingest(tolerant(both)).rejected())
          .as(value)
          .contains(
              new RejectedRow(
                  "in/bad.ndjson",
                  2,
                  "n",
                  "{\"n\": " + value + "}",
                  "the value of \"n\" is not of type TINYINT"));
    }
    FileScan array =
        as(
            scan(
                Format.JSON,
                file("a.json", "[{\"n\": 1}]"),
                file("b.json", "[{\"n\": 1}, {\"n\": 1.5}]")),
            "n",
            "bigint");
    assertThatExceptionOfType(TowpathException.class)
        .isThrownBy(() -> ingest(array))
        .withMessageStartingWith("in/b.json: record 2: the value of \"n\" is not of type BIGINT\n");
  }

  @Test
  void parquet() throws IOException {
    Path one = root.resolve("in/one.parquet");
    Path two = root.resolve("in/two [*].parquet");
    file("x", "x");
    session.engine.export(
        Statement.of("SELECT range AS id, 'n' || range AS name FROM range(3)"),
        Format.PARQUET,
        one,
        Monitor.NONE);
    session.engine.export(
        Statement.of("SELECT 1.5 AS more, 9 AS \"ID\""), Format.PARQUET, two, Monitor.NONE);
    FileScan scan = scan(Format.PARQUET, new InputFile("one", one), new InputFile("two", two));
    assertThat(session.engine.infer(scan))
        .isEqualTo(Schema.of("id", "bigint", "name", "varchar", "more", "decimal(2,1)"));
    ingest(scan);
    assertThat(lines("FROM raw.h ORDER BY id"))
        .containsExactly(
            "0|n0|null|one|1", "1|n1|null|one|2", "2|n2|null|one|3", "9|null|1.5|two|1");
  }

  @Test
  void filesThatCannotBeRead() throws IOException {
    byte[] whole = gzip("a,b\n" + "1,xyz\n".repeat(100_000));
    String head = "\n  hint: ";
    assertProblem(
        scan(Format.CSV, file("half.csv.gz", Arrays.copyOf(whole, whole.length / 2))),
        "in/half.csv.gz: the gzip file is cut short or damaged" + head);
    assertProblem(
        scan(Format.CSV, file("plain.csv.gz", "a,b\n1,2\n")),
        "in/plain.csv.gz: this is no gzip file" + head);
    assertProblem(
        scan(Format.CSV, file("empty.csv", "")), "in/empty.csv: the file is empty" + head);
    assertProblem(
        scan(Format.CSV, new InputFile("in/none.csv", root.resolve("in/none.csv"))),
        "in/none.csv: the file does not exist");
    assertProblem(scan(Format.CSV, new InputFile("in", root)), "in: this is not a file");
    assertProblem(
        scan(Format.PARQUET, file("half.parquet", "PAR1 and more")),
        "in/half.parquet: this is no whole Parquet file" + head);
    assertProblem(
        scan(
            Format.CSV, file("latin.csv", "a,b\n1,\u00e9\n".getBytes(StandardCharsets.ISO_8859_1))),
        "in/latin.csv: the text is not UTF-8" + head);
    assertProblem(
        scan(Format.NDJSON, file("bad.ndjson", "{\"a\": 1}\n{\"a\": \n")), "in/bad.ndjson:2:1: ");
  }

  private void assertProblem(FileScan scan, String message) {
    assertThatExceptionOfType(TowpathException.class)
        .isThrownBy(() -> session.engine.infer(scan))
        .withMessageStartingWith(message);
    assertThatExceptionOfType(TowpathException.class)
        .isThrownBy(() -> ingest(as(scan, "a", "integer", "b", "varchar")))
        .withMessageStartingWith(message);
  }
}
