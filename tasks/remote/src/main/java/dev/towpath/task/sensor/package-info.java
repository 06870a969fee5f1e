/** Jobs that wait for something outside. */
@NullMarked
package dev.towpath.task.sensor;

import org.jspecify.annotations.NullMarked;
