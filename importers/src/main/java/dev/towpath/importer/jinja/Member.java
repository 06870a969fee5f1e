package dev.towpath.importer.jinja;

/** A value that has named members, such as {@code target} or {@code this}. */
@FunctionalInterface
public interface Member {
  /** The member, or an {@link Undefined}. */
  Object member(String name);
}
