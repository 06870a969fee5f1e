/** Programs that the side-by-side measurements run; never published. */
@NullMarked
package dev.towpath.benchmarks;

import org.jspecify.annotations.NullMarked;
