/** Spans of time: sets of half-open ranges, and cutting time by a grain in a time zone. */
@NullMarked
package dev.towpath.core.interval;

import org.jspecify.annotations.NullMarked;
