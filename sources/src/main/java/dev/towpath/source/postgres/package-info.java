/** Tables from PostgreSQL, read with COPY. */
@NullMarked
package dev.towpath.source.postgres;

import org.jspecify.annotations.NullMarked;
