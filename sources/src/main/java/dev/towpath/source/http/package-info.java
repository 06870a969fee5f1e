/** Tables from JSON APIs over HTTP. */
@NullMarked
package dev.towpath.source.http;

import org.jspecify.annotations.NullMarked;
