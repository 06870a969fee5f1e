/** Contracts and value records that every other module speaks; depends on the JDK only. */
@NullMarked
package dev.towpath.spi;

import org.jspecify.annotations.NullMarked;
