/** What a run would do and why: the graph against what is published. Reads no table data. */
@NullMarked
package dev.towpath.core.plan;

import org.jspecify.annotations.NullMarked;
