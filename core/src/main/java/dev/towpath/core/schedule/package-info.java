/** When flows are due: pure computations over times, without a clock. */
@NullMarked
package dev.towpath.core.schedule;

import org.jspecify.annotations.NullMarked;
