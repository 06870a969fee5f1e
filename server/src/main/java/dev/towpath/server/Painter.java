package dev.towpath.server;

import dev.towpath.core.project.Project;
import dev.towpath.spi.PythonRunner;

/** Draws the figures of dashboards that are written in Python. Thread-safe. */
@FunctionalInterface
public interface Painter {
  /**
   * Draws a figure by the Python of a version of the project, and waits for it.
   *
   * @return Plotly's JSON of it
   * @throws dev.towpath.spi.TowpathException with the place in the dashboard where there is one
   */
  String draw(Project project, PythonRunner.Drawing drawing);
}
