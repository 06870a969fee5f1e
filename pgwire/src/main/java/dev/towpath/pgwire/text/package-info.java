/** What a client's text asks for. */
@NullMarked
package dev.towpath.pgwire.text;

import org.jspecify.annotations.NullMarked;
