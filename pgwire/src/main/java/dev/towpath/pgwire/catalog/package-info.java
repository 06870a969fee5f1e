/** What clients ask about the database: pg_catalog and information_schema. */
@NullMarked
package dev.towpath.pgwire.catalog;

import org.jspecify.annotations.NullMarked;
