/** Jobs that run SQL, in the lake or in a database. */
@NullMarked
package dev.towpath.task.sql;

import org.jspecify.annotations.NullMarked;
