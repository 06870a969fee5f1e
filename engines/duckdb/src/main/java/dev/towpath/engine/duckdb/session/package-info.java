/** DuckDB as an engine: one embedded database per session, reading and writing the lake's files. */
@NullMarked
package dev.towpath.engine.duckdb.session;

import org.jspecify.annotations.NullMarked;
