/** Tables from CSV, JSON and Parquet files. */
@NullMarked
package dev.towpath.source.files;

import org.jspecify.annotations.NullMarked;
