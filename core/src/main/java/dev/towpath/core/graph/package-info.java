/** The typed graph: every table, its columns, and what reads what. */
@NullMarked
package dev.towpath.core.graph;

import org.jspecify.annotations.NullMarked;
