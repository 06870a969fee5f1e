/**
 * Reads SQL without running it: DuckDB's own parser gives the syntax tree, its binder over empty
 * tables gives names and types, and the classes here turn both into what a person is told.
 */
@NullMarked
package dev.towpath.engine.duckdb.analyze;

import org.jspecify.annotations.NullMarked;
