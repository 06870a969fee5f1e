package dev.towpath.importer.jinja;

/**
 * What a name stands for that nothing has set: empty as text, an error when it is looked into.
 *
 * @param name as the template wrote it
 */
public record Undefined(String name) {
  @Override
  public String toString() {
    return "";
  }
}
