package dev.towpath.spi;

/** A name and its type: a column of a table, or a member of a struct. */
public record Column(String name, DataType type) {

  /** A column whose type is given as text. */
  public static Column of(String name, String type) {
    return new Column(name, DataType.parse(type));
  }

  @Override
  public String toString() {
    return name + " " + type.sql();
  }
}
