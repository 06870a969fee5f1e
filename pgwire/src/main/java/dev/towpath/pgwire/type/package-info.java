/** Values and types as PostgreSQL writes them. */
@NullMarked
package dev.towpath.pgwire.type;

import org.jspecify.annotations.NullMarked;
