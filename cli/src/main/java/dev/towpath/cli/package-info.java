/** The commands, and the one place where the parts are wired together. */
@NullMarked
package dev.towpath.cli;

import org.jspecify.annotations.NullMarked;
