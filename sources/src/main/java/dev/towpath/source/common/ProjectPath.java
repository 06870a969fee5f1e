package dev.towpath.source.common;

import java.nio.file.Path;

/** Names of files as people and ledgers know them. */
public final class ProjectPath {
  private ProjectPath() {}

  /** The project's root, absolute and without detours. */
  public static Path root(Path project) {
    return project.toAbsolutePath().normalize();
  }

  /**
   * The name of a file: relative to the project, so that it stays when the project moves, or
   * absolute when the two have no folder in common.
   *
   * @return with forward slashes
   */
  public static String name(Path project, Path file) {
    Path home = root(project);
    String name = file.toString();
    if (home.getRoot() != null && home.getRoot().equals(file.getRoot())) {
      Path relative = home.relativize(file);
      name = steps(relative) < home.getNameCount() ? relative.toString() : name;
    }
    return name.replace('\\', '/');
  }

  private static long steps(Path relative) {
    long steps = 0;
    for (Path part : relative) {
      steps += part.toString().equals("..") ? 1 : 0;
    }
    return steps;
  }
}
