package dev.towpath.engine.duckdb.session;

import dev.towpath.spi.Names;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The first line of a CSV file, taken apart.
 *
 * @param delimiter between values
 * @param header whether the line holds names, not data
 * @param names of the columns as DuckDB would name them
 */
record CsvHeader(String delimiter, boolean header, List<String> names) {
  private static final List<String> DELIMITERS = List.of(",", ";", "\t", "|");

  CsvHeader {
    names = List.copyOf(names);
  }

  /**
   * Takes a line apart. What the options do not say is guessed from the line alone, so that the
   * guess does not depend on data: the delimiter is the one that is there most often, and a line
   * without numbers and dates is a header.
   */
  static CsvHeader of(String line, FileOptions options) {
    char quote = first(options.text("quote", "\""));
    String delimiter =
        options.has("delimiter") ? options.text("delimiter", ",") : guess(line, quote);
    List<String> cells = cells(line, delimiter, quote);
    boolean header =
        options.has("header")
            ? options.text("header", "true").equals("true")
            : cells.stream().noneMatch(CsvHeader::isData);
    return new CsvHeader(delimiter, header, header ? names(cells) : numbered(cells.size()));
  }

  private static char first(String text) {
    return text.isEmpty() ? '\0' : text.charAt(0);
  }

  private static boolean isData(String cell) {
    return cell.strip().matches("[-+]?[0-9][0-9.,:/-]*([eE][-+]?[0-9]+)?");
  }

  private static String guess(String line, char quote) {
    String best = ",";
    int most = 0;
    for (String delimiter : DELIMITERS) {
      int count = cells(line, delimiter, quote).size();
      if (count > most) {
        best = delimiter;
        most = count;
      }
    }
    return best;
  }

  private static List<String> cells(String line, String delimiter, char quote) {
    List<String> cells = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    int i = 0;
    while (i < line.length()) {
      char c = line.charAt(i);
      if (quoted && c == quote && i + 1 < line.length() && line.charAt(i + 1) == quote) {
        cell.append(quote);
        i++;
      } else if (c == quote && (quoted || cell.toString().isBlank())) {
        quoted = !quoted;
        if (quoted) {
          cell.setLength(0);
        }
      } else if (!quoted && line.startsWith(delimiter, i)) {
        cells.add(cell.toString());
        cell.setLength(0);
        i += delimiter.length() - 1;
      } else {
        cell.append(c);
      }
      i++;
    }
    cells.add(cell.toString());
    return cells;
  }

  private static List<String> numbered(int count) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add("column" + i);
    }
    return names;
  }

  private static List<String> names(List<String> cells) {
    List<String> names = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    for (int i = 0; i < cells.size(); i++) {
      String name = cells.get(i).strip();
      String base = name.isEmpty() ? "column" + i : name;
      String unique = base;
      for (int n = 1; !taken.add(Names.identity(unique)); n++) {
        unique = base + "_" + n;
      }
      names.add(unique);
    }
    return names;
  }
}
