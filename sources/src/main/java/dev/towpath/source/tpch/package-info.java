/** Tables of the TPC-H benchmark, generated. */
@NullMarked
package dev.towpath.source.tpch;

import org.jspecify.annotations.NullMarked;
