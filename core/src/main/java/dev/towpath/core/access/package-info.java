/** Who may see and do what. */
@NullMarked
package dev.towpath.core.access;

import org.jspecify.annotations.NullMarked;
