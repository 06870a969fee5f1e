/** Type-checks a project without running it: from files to a typed graph and every problem. */
@NullMarked
package dev.towpath.core.check;

import org.jspecify.annotations.NullMarked;
