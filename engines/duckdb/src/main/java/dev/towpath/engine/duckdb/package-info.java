/** What the DuckDB session and the DuckDB analyzer share. */
@NullMarked
package dev.towpath.engine.duckdb;

import org.jspecify.annotations.NullMarked;
