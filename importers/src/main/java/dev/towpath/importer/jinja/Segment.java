package dev.towpath.importer.jinja;

/**
 * A piece of a template.
 *
 * @param text of plain text all of it, of a tag what stands inside
 * @param at 0-based offset of {@code text} in the file
 * @param alone whether a tag has its lines to itself
 * @param indent the space before a tag that takes it away
 */
record Segment(Kind kind, String text, int at, boolean alone, int indent) {
  enum Kind {
    TEXT,
    OUTPUT,
    STATEMENT,
    COMMENT
  }
}
