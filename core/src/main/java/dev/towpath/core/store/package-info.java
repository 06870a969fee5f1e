/** What core needs of the metadata store: table states, releases, runs, and who publishes. */
@NullMarked
package dev.towpath.core.store;

import org.jspecify.annotations.NullMarked;
