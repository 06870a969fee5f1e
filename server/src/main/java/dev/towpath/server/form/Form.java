package dev.towpath.server.form;

import java.util.Arrays;
import java.util.List;

/** How rows are written, in the order in which forms are preferred. */
public enum Form {
  JSON("application/json"),
  ARROW("application/vnd.apache.arrow.stream"),
  PARQUET("application/vnd.apache.parquet"),
  CSV("text/csv"),
  NDJSON("application/x-ndjson");

  private final String type;

  Form(String type) {
    this.type = type;
  }

  /** The content type. */
  public String type() {
    return type;
  }

  /** The content types of all. */
  public static List<String> types() {
    return Arrays.stream(values()).map(Form::type).toList();
  }

  /** The form of a content type. */
  public static Form of(String type) {
    return Arrays.stream(values()).filter(f -> f.type.equals(type)).findFirst().orElseThrow();
  }
}
