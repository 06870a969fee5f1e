package dev.towpath.importer.dbt;

import java.util.ArrayList;
import java.util.List;

/** Reads and writes CSV text: quotes doubled, line ends inside quotes kept. */
final class Csv {
  private Csv() {}

  /** All rows, empty lines left out. */
  static List<List<String>> read(String text, char delimiter) {
    List<List<String>> rows = new ArrayList<>();
    List<String> row = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i <= text.length(); i++) {
      char c = i == text.length() ? '\n' : text.charAt(i);
      if (quoted && i < text.length()) {
        if (c != '"') {
          cell.append(c);
        } else if (i + 1 < text.length() && text.charAt(i + 1) == '"') {
          cell.append(c);
          i++;
        } else {
          quoted = false;
        }
      } else if (c == '"' && cell.isEmpty()) {
        quoted = true;
      } else if (c == delimiter || c == '\n') {
        row.add(cell.toString().replace("\r", ""));
        cell.setLength(0);
        if (c == '\n') {
          if (row.size() > 1 || !row.getFirst().isEmpty()) {
            rows.add(List.copyOf(row));
          }
          row.clear();
        }
      } else {
        cell.append(c);
      }
    }
    return rows;
  }

  /** The rows with commas between cells. */
  static String write(List<List<String>> rows) {
    StringBuilder out = new StringBuilder();
    for (List<String> row : rows) {
      out.append(String.join(",", row.stream().map(Csv::cell).toList())).append('\n');
    }
    return out.toString();
  }

  private static String cell(String text) {
    boolean quote = text.chars().anyMatch(c -> ",\"\n\r".indexOf(c) >= 0);
    return quote ? '"' + text.replace("\"", "\"\"") + '"' : text;
  }
}
