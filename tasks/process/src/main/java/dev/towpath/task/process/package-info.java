/** What all tasks in child processes share: signals, what they print, and what memory they take. */
@NullMarked
package dev.towpath.task.process;

import org.jspecify.annotations.NullMarked;
