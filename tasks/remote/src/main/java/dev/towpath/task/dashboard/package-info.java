/** Jobs that bring dashboards to people. */
@NullMarked
package dev.towpath.task.dashboard;

import org.jspecify.annotations.NullMarked;
