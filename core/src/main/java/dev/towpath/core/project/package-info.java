/** The project's files as records: reading, selecting, and everything a file can declare. */
@NullMarked
package dev.towpath.core.project;

import org.jspecify.annotations.NullMarked;
