/** Places outside that take tables: what exports write to. */
@NullMarked
package dev.towpath.export;

import org.jspecify.annotations.NullMarked;
