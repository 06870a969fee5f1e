/** Jobs that are shell scripts. */
@NullMarked
package dev.towpath.task.shell;

import org.jspecify.annotations.NullMarked;
