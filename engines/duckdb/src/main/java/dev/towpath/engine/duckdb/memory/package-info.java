/** The memory that the engine takes, and its bounds. */
@NullMarked
package dev.towpath.engine.duckdb.memory;

import org.jspecify.annotations.NullMarked;
