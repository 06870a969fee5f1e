package dev.towpath.source.jdbc;

/**
 * What was found for an {@link Origin}.
 *
 * @param sql what to write after FROM
 * @param label as messages say it: {@code table "public.orders"} or {@code the query}
 * @param stored whether rows lie in it by their place, so that it can be read in pieces by place
 * @param certain whether what it holds changes by transactions of the database and nothing else;
 *     not so for views, queries and foreign tables
 */
public record Relation(String sql, String label, boolean stored, boolean certain) {
  /** A query. */
  public static Relation query(Origin origin) {
    return new Relation("(\n" + origin.query() + "\n) AS towpath_query", "the query", false, false);
  }
}
