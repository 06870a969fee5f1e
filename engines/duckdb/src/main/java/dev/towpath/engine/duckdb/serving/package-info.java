/** The database that answers people's queries, all in one process. */
@NullMarked
package dev.towpath.engine.duckdb.serving;

import org.jspecify.annotations.NullMarked;
