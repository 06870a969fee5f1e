package dev.towpath.server;

import dev.towpath.server.form.Form;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The kinds of files that a dashboard becomes. */
public enum DashboardFormat {
  /** One page that works anywhere, with no network. */
  HTML("text/html"),
  PDF("application/pdf"),
  PNG("image/png"),
  /** A sheet for each block. */
  XLSX("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
  CSV(Form.CSV.type()),
  NDJSON(Form.NDJSON.type()),
  PARQUET(Form.PARQUET.type());

  private final String type;

  DashboardFormat(String type) {
    this.type = type;
  }

  /** The content type of a file of one block, or of the whole page. */
  public String type() {
    return type;
  }

  /** As people write it, and the ending of its files. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** All words. */
  public static List<String> words() {
    return Arrays.stream(values()).map(DashboardFormat::word).toList();
  }

  /** The format of that word. */
  public static Optional<DashboardFormat> of(String word) {
    return Arrays.stream(values()).filter(f -> f.word().equals(word)).findFirst();
  }

  /** Whether it shows the page, and not the rows behind it. */
  boolean isPage() {
    return this == HTML || this == PDF || this == PNG;
  }

  /** How rows are written, where they are. */
  Optional<Form> form() {
    return switch (this) {
      case CSV -> Optional.of(Form.CSV);
      case NDJSON -> Optional.of(Form.NDJSON);
      case PARQUET -> Optional.of(Form.PARQUET);
      case HTML, PDF, PNG, XLSX -> Optional.empty();
    };
  }
}
