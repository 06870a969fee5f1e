/** What dashboards show: rows in memory, and the figures that are drawn of them. */
@NullMarked
package dev.towpath.server.page;

import org.jspecify.annotations.NullMarked;
