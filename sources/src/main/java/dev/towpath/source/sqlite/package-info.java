/** Tables from a SQLite database. */
@NullMarked
package dev.towpath.source.sqlite;

import org.jspecify.annotations.NullMarked;
