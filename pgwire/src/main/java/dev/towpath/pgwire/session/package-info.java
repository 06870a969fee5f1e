/** What a client has open, and how its messages are answered. */
@NullMarked
package dev.towpath.pgwire.session;

import org.jspecify.annotations.NullMarked;
