/**
 * The lake: files under one root, tables as Iceberg metadata over them, and the notes from which a
 * lost metadata database is rebuilt.
 */
@NullMarked
package dev.towpath.lake;

import org.jspecify.annotations.NullMarked;
