package dev.towpath.task.python;

import java.nio.file.Path;
import java.util.Optional;

/** The Pythons that a project is read and run with. Thread-safe. */
public interface Interpreters {

  /**
   * One that can parse; it needs no packages.
   *
   * @throws dev.towpath.spi.TowpathException when there is no Python on this machine
   */
  Path forParsing();

  /** The one with the project's packages, if it is there already. */
  Optional<Path> ready();

  /**
   * The one with the project's packages, made if it is not there yet.
   *
   * @throws dev.towpath.spi.TowpathException in plain words when it cannot be had
   */
  Path python();

  /** The file of the project that asks for packages, or would. */
  String packagesFile();

  /** The folder that holds the package {@code towpath}. */
  Path home();
}
