package dev.towpath.engine.duckdb.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.engine.duckdb.session.CsvCutter.Piece;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pieces of a CSV have the rows that DuckDB finds in the whole of it, under the same numbers. */
class CsvCutterTest {
  @TempDir Path folder;

  private List<Piece> cut(String text, boolean header, int bytes) throws IOException {
    List<Piece> pieces = new ArrayList<>();
    try (CsvCutter cutter =
        new CsvCutter(
            new ByteArrayInputStream(text.getBytes(UTF_8)), ',', '"', header, folder, bytes)) {
      List<Piece> group = cutter.next(3L * bytes);
      while (!group.isEmpty()) {
        pieces.addAll(group);
        group = cutter.next(3L * bytes);
      }
    }
    return pieces;
  }

  private static List<String> rows(Path file, boolean header, long before) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT row_number() OVER () + "
                    + before
                    + ", a, b FROM read_csv('"
                    + file
                    + "', auto_detect = false, header = "
                    + header
                    + ", delim = ',', quote = '\"', escape = '\"', columns = {a: 'VARCHAR', b: 'VARCHAR'})")) {
      while (row.next()) {
        rows.add(row.getLong(1) + "|" + row.getString(2) + "|" + row.getString(3));
      }
    }
    return rows;
  }

  private static String value(Random random, boolean quotes) {
    return switch (random.nextInt(quotes ? 8 : 4)) {
      case 0 -> "";
      case 1 -> "\u00e9\u20ac";
      case 2, 3 -> Integer.toString(random.nextInt(100_000));
      case 4 -> "\"\"";
      case 5 -> "\"a\nb,c\r\n\n\"";
      case 6 -> "\"say \"\"x\"\"\"";
      default -> "\"\"\"\n\"\"\"";
    };
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void piecesHaveTheRowsOfTheWhole(long seed) throws Exception {
    Random random = new Random(seed);
    String end = random.nextBoolean() ? "\n" : "\r\n";
    boolean quotes = random.nextInt(4) > 0;
    boolean header = random.nextBoolean();
    StringBuilder text = new StringBuilder(header ? "a,b" + end : "");
    for (int i = 0; i < 300; i++) {
      text.append(value(random, quotes)).append(',').append(value(random, quotes)).append(end);
      if (random.nextInt(9) == 0) {
        text.append(end.repeat(random.nextInt(4)));
      }
    }
    String all = random.nextBoolean() ? text.toString() : text + "last,\"row\"";
    Path file = Files.writeString(folder.resolve("all.csv"), all);
    List<String> expected = rows(file, header, 0);
    for (int bytes : new int[] {64, 100, 333, 4096, 1 << 20}) {
      StringBuilder together = new StringBuilder();
      List<String> found = new ArrayList<>();
      List<Piece> pieces = cut(all, header, bytes);
      for (Piece piece : pieces) {
        together.append(Files.readString(piece.file()));
        found.addAll(rows(piece.file(), header && piece.first(), piece.before()));
      }
      assertThat(together.toString()).as("seed %d, %d bytes", seed, bytes).isEqualTo(all);
      assertThat(found).as("seed %d, %d bytes", seed, bytes).isEqualTo(expected);
      assertThat(pieces).hasSizeGreaterThan(all.length() / bytes / 2);
    }
  }

  @Test
  void whatReadersMayDisagreeOnIsNotCut() {
    for (String odd :
        new String[] {
          "a,b\n5\" wide,x\n", // the quote of an inch
          "a,b\n\"x\"y,z\n",
          "a,b\n\"x\" ,z\n",
          "a,b\n1,\"never closed\n",
          "a,b\r1,2\r3,4\r",
          "a,b\n1," + "x".repeat(100) + "\n"
        }) {
      assertThatThrownBy(() -> cut(odd, true, 64)).as(odd).isInstanceOf(CsvCutter.Odd.class);
    }
  }
}
