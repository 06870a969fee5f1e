/** Messages of the protocol as bytes. */
@NullMarked
package dev.towpath.pgwire.wire;

import org.jspecify.annotations.NullMarked;
