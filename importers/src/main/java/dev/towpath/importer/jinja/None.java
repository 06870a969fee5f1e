package dev.towpath.importer.jinja;

/** Python's {@code None}, as a value, so that no Java null is one. */
public enum None {
  NONE;

  @Override
  public String toString() {
    return "None";
  }
}
