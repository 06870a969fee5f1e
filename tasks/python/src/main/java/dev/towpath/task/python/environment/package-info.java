/** Finds a Python, and makes the environment of packages that a project's files ask for. */
@NullMarked
package dev.towpath.task.python.environment;

import org.jspecify.annotations.NullMarked;
