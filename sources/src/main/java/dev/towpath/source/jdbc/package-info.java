/** What sources in database servers share: settings, cursors, ranges, and how columns are read. */
@NullMarked
package dev.towpath.source.jdbc;

import org.jspecify.annotations.NullMarked;
