/** The bundled sources. */
@NullMarked
package dev.towpath.source;

import org.jspecify.annotations.NullMarked;
