/** Where every column comes from and goes to. */
@NullMarked
package dev.towpath.core.lineage;

import org.jspecify.annotations.NullMarked;
