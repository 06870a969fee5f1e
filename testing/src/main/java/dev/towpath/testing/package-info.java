/** Real servers that tests of any module start and stop; never published. */
@NullMarked
package dev.towpath.testing;

import org.jspecify.annotations.NullMarked;
