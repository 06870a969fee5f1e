package dev.towpath.task.python.environment;

import dev.towpath.spi.TowpathException;
import java.nio.file.Path;

/** A tool that makes a virtual environment and fills it. */
interface Installer {
  /** What a person knows it as. */
  String name();

  /**
   * Makes it.
   *
   * @param environment the folder to make, which is not there
   * @throws TowpathException with the place in the project's file, when a package cannot be had
   */
  void install(
      Path environment, Interpreter interpreter, Requirements requirements, Progress progress);
}
