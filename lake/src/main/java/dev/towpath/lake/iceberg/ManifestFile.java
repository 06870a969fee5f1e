package dev.towpath.lake.iceberg;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A manifest as a manifest list names it.
 *
 * @param path absolute
 * @param deletes whether it names position deletes rather than data
 * @param partitions one per part of the spec
 */
public record ManifestFile(
    String path,
    long length,
    int specId,
    boolean deletes,
    long sequence,
    long minSequence,
    long snapshotId,
    Counts counts,
    List<Summary> partitions) {
  public ManifestFile {
    partitions = List.copyOf(partitions);
  }

  /** Numbers of files and rows, by whether the manifest's own snapshot added them. */
  public record Counts(int addedFiles, int existingFiles, long addedRows, long existingRows) {
    /** All files. */
    public int files() {
      return addedFiles + existingFiles;
    }

    /** All rows. */
    public long rows() {
      return addedRows + existingRows;
    }
  }

  /** What values one part of the spec has over all files of a manifest. */
  public record Summary(
      boolean hasNull, boolean hasNan, Optional<byte[]> lower, Optional<byte[]> upper) {}

  private static final String SCHEMA =
      AvroText.record(
          "manifest_file",
          AvroText.required("manifest_path", "\"string\"", 500),
          AvroText.required("manifest_length", "\"long\"", 501),
          AvroText.required("partition_spec_id", "\"int\"", 502),
          AvroText.required("content", "\"int\"", 517),
          AvroText.required("sequence_number", "\"long\"", 515),
          AvroText.required("min_sequence_number", "\"long\"", 516),
          AvroText.required("added_snapshot_id", "\"long\"", 503),
          AvroText.required("added_files_count", "\"int\"", 504),
          AvroText.required("existing_files_count", "\"int\"", 505),
          AvroText.required("deleted_files_count", "\"int\"", 506),
          AvroText.required("added_rows_count", "\"long\"", 512),
          AvroText.required("existing_rows_count", "\"long\"", 513),
          AvroText.required("deleted_rows_count", "\"long\"", 514),
          AvroText.optional(
              "partitions",
              AvroText.list(
                  AvroText.record(
                      "r508",
                      AvroText.required("contains_null", "\"boolean\"", 509),
                      AvroText.optional("contains_nan", "\"boolean\"", 518),
                      AvroText.optional("lower_bound", "\"bytes\"", 510),
                      AvroText.optional("upper_bound", "\"bytes\"", 511)),
                  508),
              507));

  /** The bytes of a manifest list. */
  public static byte[] writeList(List<ManifestFile> manifests, long snapshotId, long sequence) {
    AvroOutput out =
        new AvroOutput(
            SCHEMA,
            Map.of(
                "snapshot-id", String.valueOf(snapshotId),
                "sequence-number", String.valueOf(sequence),
                "format-version", "2"));
    for (ManifestFile manifest : manifests) {
      manifest.write(out);
    }
    return out.finish();
  }

  private void write(AvroOutput out) {
    out.text(path);
    out.number(length);
    out.number(specId);
    out.number(deletes ? 1 : 0);
    out.number(sequence);
    out.number(minSequence);
    out.number(snapshotId);
    out.number(counts.addedFiles());
    out.number(counts.existingFiles());
    out.number(0);
    out.number(counts.addedRows());
    out.number(counts.existingRows());
    out.number(0);
    out.some();
    out.items(
        partitions,
        summary -> {
          out.flag(summary.hasNull());
          out.some();
          out.flag(summary.hasNan());
          optional(out, summary.lower());
          optional(out, summary.upper());
        });
    out.endRow();
  }

  private static void optional(AvroOutput out, Optional<byte[]> value) {
    if (value.isPresent()) {
      out.some();
      out.bytes(value.get());
    } else {
      out.none();
    }
  }

  /** Reads a manifest list. */
  public static List<ManifestFile> readList(byte[] content) {
    List<ManifestFile> manifests = new ArrayList<>();
    for (Map<Integer, @Nullable Object> values : new AvroInput(content).rows()) {
      AvroRow row = new AvroRow(values);
      manifests.add(
          new ManifestFile(
              row.text(500),
              row.number(501),
              (int) row.number(502),
              row.number(517, 0) != 0,
              row.number(515),
              row.number(516),
              row.number(503),
              new Counts(
                  (int) row.number(504), (int) row.number(505), row.number(512), row.number(513)),
              row.rows(507).stream().map(ManifestFile::summary).toList()));
    }
    return manifests;
  }

  private static Summary summary(AvroRow row) {
    return new Summary(row.flag(509), row.flag(518), row.bytes(510), row.bytes(511));
  }
}
