/**
 * The HTTP server: the API under {@code /api/v1}, live events, health, metrics and webhooks. What
 * it serves is handed to it as a {@link dev.towpath.server.Site}.
 */
@NullMarked
package dev.towpath.server;

import org.jspecify.annotations.NullMarked;
