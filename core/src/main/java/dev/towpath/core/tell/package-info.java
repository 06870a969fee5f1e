/** Tells people what happened: from messages that are owed to words that are sent. */
@NullMarked
package dev.towpath.core.tell;

import org.jspecify.annotations.NullMarked;
