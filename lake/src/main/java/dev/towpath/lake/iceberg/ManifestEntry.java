package dev.towpath.lake.iceberg;

/**
 * A live file of a table.
 *
 * @param snapshotId the snapshot that added it
 * @param sequence sequence number of its data
 * @param fileSequence sequence number of the snapshot that added it
 */
public record ManifestEntry(long snapshotId, long sequence, long fileSequence, StoredFile file) {}
