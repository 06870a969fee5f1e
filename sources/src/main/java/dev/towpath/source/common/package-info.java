/** What several sources share: settings, stamps of files, drift of columns. */
@NullMarked
package dev.towpath.source.common;

import org.jspecify.annotations.NullMarked;
