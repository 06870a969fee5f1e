package dev.towpath.source.jdbc;

/** Where rows come from: the name of a table or view in the database, or a query. */
public record Origin(String text, boolean isQuery) {

  /** The query without its semicolon. */
  public String query() {
    return text.strip().replaceFirst(";\\s*$", "");
  }
}
