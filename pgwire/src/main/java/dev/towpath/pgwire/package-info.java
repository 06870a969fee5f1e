/** The PostgreSQL protocol: clients of PostgreSQL read the lake. */
@NullMarked
package dev.towpath.pgwire;

import org.jspecify.annotations.NullMarked;
