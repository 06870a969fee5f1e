package dev.towpath.spi;

/**
 * The name of a table, {@code schema.table}. Kept as written; equal by {@link Names#identity}.
 *
 * @param schema the folder or source it belongs to
 * @param table the table's own name
 */
public record TableName(String schema, String table) implements Comparable<TableName> {

  /** Splits {@code schema.table} at its first dot. The text must hold one. */
  public static TableName parse(String text) {
    int dot = text.indexOf('.');
    if (dot <= 0 || dot == text.length() - 1) {
      throw new TowpathException(
          "\"" + text + "\" is not a table name", "write schema.table, such as marts.daily");
    }
    return new TableName(text.substring(0, dot), text.substring(dot + 1));
  }

  /** The text that two spellings of one name share; the key in stores. */
  public String identity() {
    return Names.identity(schema) + "." + Names.identity(table);
  }

  /** As an SQL name, both parts quoted. */
  public String quoted() {
    return Names.quote(schema) + "." + Names.quote(table);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TableName name && identity().equals(name.identity());
  }

  @Override
  public int hashCode() {
    return identity().hashCode();
  }

  @Override
  public int compareTo(TableName other) {
    return identity().compareTo(other.identity());
  }

  @Override
  public String toString() {
    return schema + "." + table;
  }
}
