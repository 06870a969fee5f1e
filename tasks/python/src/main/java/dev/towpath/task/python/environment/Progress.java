package dev.towpath.task.python.environment;

/** Told what is being done while a person waits; called from any thread, returns at once. */
@FunctionalInterface
public interface Progress {
  /** One line, such as {@code collecting pandas==3.1.1}. */
  void line(String text);
}
