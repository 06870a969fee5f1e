package dev.towpath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The 22 TPC-H queries at scale 1 give the published answers. */
@Tag("integration")
class TpchAnswersTest {
  @TempDir private Path folder;

  @Test
  void queriesGiveThePublishedAnswers() throws IOException {
    Example tpch = Example.copy("tpch", folder);
    Example.Said run = tpch.run("run");
    assertThat(run.code()).as(run.err()).isZero();
    for (int i = 1; i <= 22; i++) {
      String query = "q%02d".formatted(i);
      Path result = folder.resolve(query + ".csv");
      Example.Said said =
          tpch.run(
              "query", "FROM queries." + query, "--format", "csv", "--output", result.toString());
      assertThat(said.code()).as(said.err()).isZero();
      compare(query, Files.readAllLines(result), answers(query));
    }
  }

  private List<String> answers(String query) throws IOException {
    return Files.readAllLines(folder.resolve("answers").resolve(query + ".csv"));
  }

  /** Rows as sets of cells in order; numbers agree to a billionth, all else to the letter. */
  private static void compare(String query, List<String> actual, List<String> expected) {
    assertThat(actual.getFirst()).as(query).isEqualTo(expected.getFirst());
    List<List<String>> left = rows(actual);
    List<List<String>> right = rows(expected);
    assertThat(left).as(query).hasSameSizeAs(right);
    for (int row = 0; row < left.size(); row++) {
      List<String> a = left.get(row);
      List<String> b = right.get(row);
      assertThat(a).as(query + " row " + row).hasSameSizeAs(b);
      for (int i = 0; i < a.size(); i++) {
        if (!a.get(i).equals(b.get(i))) {
          double x = Double.parseDouble(a.get(i));
          double y = Double.parseDouble(b.get(i));
          assertThat(Math.abs(x - y))
              .as(query + ": " + a.get(i) + " and " + b.get(i))
              .isLessThanOrEqualTo(1e-9 * Math.abs(y));
        }
      }
    }
  }

  /** Lines without the header as cells, sorted; both files may quote what need not be quoted. */
  private static List<List<String>> rows(List<String> lines) {
    return lines.stream()
        .skip(1)
        .map(TpchAnswersTest::cells)
        .sorted(Comparator.comparing(cells -> String.join(",", cells)))
        .toList();
  }

  private static List<String> cells(String line) {
    List<String> cells = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        cells.add(cell.toString());
        cell.setLength(0);
      } else {
        cell.append(c);
      }
    }
    cells.add(cell.toString());
    return cells;
  }
}
