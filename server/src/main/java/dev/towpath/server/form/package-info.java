/** Rows as clients take them: JSON, lines of JSON, CSV, Arrow and Parquet. */
@NullMarked
package dev.towpath.server.form;

import org.jspecify.annotations.NullMarked;
