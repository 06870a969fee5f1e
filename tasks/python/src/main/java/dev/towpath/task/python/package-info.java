/**
 * Runs a project's Python in child processes; the package {@code towpath} that they and a person's
 * notebooks import lies beside it under {@code src/main/python}.
 */
@NullMarked
package dev.towpath.task.python;

import org.jspecify.annotations.NullMarked;
