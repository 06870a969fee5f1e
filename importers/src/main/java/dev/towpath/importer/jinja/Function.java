package dev.towpath.importer.jinja;

/** What a template can call. */
@FunctionalInterface
public interface Function {
  /** Calls it; the result is a value as {@link Values} describes them. */
  Object call(Arguments arguments);
}
