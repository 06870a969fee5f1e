package dev.towpath.source.http;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an answer says besides its records.
 *
 * @param records how many it holds
 * @param bytes of them as they were kept
 * @param hash of them
 * @param values the values that decide what comes next, by their place; absent ones and nulls are
 *     left out
 * @param outline which of those places are there, and what else is
 * @param next the URL that the header {@code Link} calls next
 * @param uri that was asked in the end
 * @param tag the header {@code ETag}
 * @param modified the header {@code Last-Modified}, where it is old enough to be relied on
 */
record Page(
    long records,
    long bytes,
    String hash,
    Map<List<String>, String> values,
    Outline outline,
    Optional<String> next,
    URI uri,
    Optional<String> tag,
    Optional<String> modified) {
  Page {
    values = Map.copyOf(values);
  }
}
