/**
 * The Iceberg table format, version 2, as values and bytes: metadata JSON, manifest lists,
 * manifests and the Avro container that holds them. Knows nothing of files and folders.
 *
 * <p>Written here instead of used from {@code iceberg-core}, because loading that library takes
 * some 0.6 s of CPU at the first commit of a process and 0.4 s at its first read (0.12 and 0.15 s
 * here; 0.015 and 0.04 s with an AOT cache), more than most commands take altogether. The library
 * stays the judge: tests read every kind of table with it.
 */
@NullMarked
package dev.towpath.lake.iceberg;

import org.jspecify.annotations.NullMarked;
