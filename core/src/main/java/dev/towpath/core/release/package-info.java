/** What is done with whole releases: going back, promoting, collecting garbage, restoring. */
@NullMarked
package dev.towpath.core.release;

import org.jspecify.annotations.NullMarked;
