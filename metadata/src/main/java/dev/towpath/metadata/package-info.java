/** The metadata store on SQLite: releases, table states, runs and who is alive. */
@NullMarked
package dev.towpath.metadata;

import org.jspecify.annotations.NullMarked;
