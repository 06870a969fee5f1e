/**
 * The Iceberg table format, version 2, as values and bytes: metadata JSON, manifest lists,
 * manifests and the Avro container that holds them. Knows nothing of files and folders.
 *
 * <p>Written here instead of used from {@code iceberg-core}, because loading that library costs 0.4
 * to 1.5 s at the first commit of a process and 0.1 to 0.5 s at its first read, more than most
 * commands take altogether. The library stays the judge: tests read every kind of table with it.
 */
@NullMarked
package dev.towpath.lake.iceberg;

import org.jspecify.annotations.NullMarked;
