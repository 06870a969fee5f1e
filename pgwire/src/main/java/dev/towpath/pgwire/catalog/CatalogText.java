package dev.towpath.pgwire.catalog;

/**
 * A query about the catalog in DuckDB's dialect.
 *
 * @param described the same with NULLs in the place of parameters
 */
record CatalogText(String sql, String described) {}
