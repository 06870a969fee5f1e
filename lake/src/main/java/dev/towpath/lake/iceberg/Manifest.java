package dev.towpath.lake.iceberg;

import dev.towpath.spi.DataType;
import dev.towpath.spi.Field;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Manifests: files of one partition spec with what is known of each. One holds data files, or those
 * of position deletes.
 */
public final class Manifest {
  private static final int ADDED = 1;
  private static final int EXISTING = 0;
  private static final int DELETED = 2;
  private static final int POSITION_DELETES = 1;
  private static final int EQUALITY_DELETES = 2;

  private Manifest() {}

  /** A manifest's bytes and what the manifest list says of it. */
  @SuppressWarnings("ArrayRecordComponent") // handed on at once, never compared
  public record Written(
      byte[] content,
      ManifestFile.Counts counts,
      long minSequence,
      List<ManifestFile.Summary> partitions) {}

  /**
   * Writes a manifest, of data files or of position deletes.
   *
   * @param snapshotId the snapshot that writes it; its entries count as added
   */
  public static Written write(
      List<Field> fields, int schemaId, Spec spec, List<ManifestEntry> entries, long snapshotId) {
    AvroOutput out =
        new AvroOutput(
            schema(spec),
            Map.of(
                "schema", Json.print(IcebergSchema.json(fields, schemaId)),
                "partition-spec", Json.print(spec.fieldsJson()),
                "partition-spec-id", String.valueOf(spec.id()),
                "format-version", "2",
                "content", deletes(entries) ? "deletes" : "data"));
    int addedFiles = 0;
    long addedRows = 0;
    long rows = 0;
    long minSequence = Long.MAX_VALUE;
    for (ManifestEntry entry : entries) {
      boolean added = entry.snapshotId() == snapshotId;
      addedFiles += added ? 1 : 0;
      addedRows += added ? entry.file().rows() : 0;
      rows += entry.file().rows();
      minSequence = Math.min(minSequence, entry.sequence());
      entry(out, spec, entry, added ? ADDED : EXISTING);
    }
    ManifestFile.Counts counts =
        new ManifestFile.Counts(
            addedFiles, entries.size() - addedFiles, addedRows, rows - addedRows);
    return new Written(out.finish(), counts, minSequence, summaries(spec, entries));
  }

  private static boolean deletes(List<ManifestEntry> entries) {
    return entries.getFirst().file().deletesOf().isPresent();
  }

  private static void entry(AvroOutput out, Spec spec, ManifestEntry entry, int status) {
    StoredFile file = entry.file();
    out.number(status);
    out.some();
    out.number(entry.snapshotId());
    out.some();
    out.number(entry.sequence());
    out.some();
    out.number(entry.fileSequence());
    out.number(file.deletesOf().isPresent() ? POSITION_DELETES : 0);
    out.text(file.path());
    out.text("PARQUET");
    for (Spec.Part part : spec.parts()) {
      byte[] value = file.partition().get(part.fieldId());
      if (value == null) {
        out.none();
      } else {
        out.some();
        partitionValue(out, part.type(), value);
      }
    }
    out.number(file.rows());
    out.number(file.bytes());
    numbers(out, file.sizes());
    numbers(out, file.values());
    numbers(out, file.nulls());
    numbers(out, file.nans());
    binaries(out, file.lowers());
    binaries(out, file.uppers());
    if (file.deletesOf().isPresent()) {
      out.some();
      out.text(file.deletesOf().get());
    } else {
      out.none();
    }
    out.endRow();
  }

  private static void numbers(AvroOutput out, Map<Integer, Long> map) {
    out.some();
    out.items(
        List.copyOf(map.entrySet()),
        e -> {
          out.number(e.getKey());
          out.number(e.getValue());
        });
  }

  private static void binaries(AvroOutput out, Map<Integer, byte[]> map) {
    out.some();
    out.items(
        List.copyOf(map.entrySet()),
        e -> {
          out.number(e.getKey());
          out.bytes(e.getValue());
        });
  }

  private static void partitionValue(AvroOutput out, DataType type, byte[] value) {
    if (type instanceof DataType.Decimal decimal) {
      out.raw(widened(value, AvroText.decimalBytes(decimal.precision())));
      return;
    }
    switch (type.sql()) {
      case "INTEGER", "BIGINT", "DATE", "TIME", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE" ->
          out.number(SingleValue.whole(value));
      case "DOUBLE" ->
          out.raw(
              value.length == 8
                  ? value
                  : ByteBuffer.allocate(8)
                      .order(ByteOrder.LITTLE_ENDIAN)
                      .putDouble(ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).getFloat())
                      .array());
      case "BOOLEAN", "FLOAT", "UUID" -> out.raw(value);
      default -> out.bytes(value);
    }
  }

  private static byte[] widened(byte[] value, int size) {
    byte[] wide = new byte[size];
    java.util.Arrays.fill(wide, (byte) (new BigInteger(value).signum() < 0 ? -1 : 0));
    int copied = Math.min(value.length, size);
    System.arraycopy(value, value.length - copied, wide, size - copied, copied);
    return wide;
  }

  private static List<ManifestFile.Summary> summaries(Spec spec, List<ManifestEntry> entries) {
    List<ManifestFile.Summary> summaries = new ArrayList<>();
    for (Spec.Part part : spec.parts()) {
      boolean hasNull = false;
      boolean hasNan = false;
      byte @Nullable [] lower = null;
      byte @Nullable [] upper = null;
      Comparator<byte[]> order = SingleValue.order(part.type());
      for (ManifestEntry entry : entries) {
        byte[] value = entry.file().partition().get(part.fieldId());
        if (value == null) {
          hasNull = true;
        } else if (SingleValue.isNan(part.type(), value)) {
          hasNan = true;
        } else {
          lower = lower == null || order.compare(value, lower) < 0 ? value : lower;
          upper = upper == null || order.compare(value, upper) > 0 ? value : upper;
        }
      }
      summaries.add(
          new ManifestFile.Summary(
              hasNull, hasNan, Optional.ofNullable(lower), Optional.ofNullable(upper)));
    }
    return summaries;
  }

  private static String schema(Spec spec) {
    String file =
        AvroText.record(
            "r2",
            AvroText.required("content", "\"int\"", 134),
            AvroText.required("file_path", "\"string\"", 100),
            AvroText.required("file_format", "\"string\"", 101),
            AvroText.required("partition", AvroText.partition(spec.parts()), 102),
            AvroText.required("record_count", "\"long\"", 103),
            AvroText.required("file_size_in_bytes", "\"long\"", 104),
            AvroText.optional("column_sizes", AvroText.map("\"long\"", 117, 118), 108),
            AvroText.optional("value_counts", AvroText.map("\"long\"", 119, 120), 109),
            AvroText.optional("null_value_counts", AvroText.map("\"long\"", 121, 122), 110),
            AvroText.optional("nan_value_counts", AvroText.map("\"long\"", 138, 139), 137),
            AvroText.optional("lower_bounds", AvroText.map("\"bytes\"", 126, 127), 125),
            AvroText.optional("upper_bounds", AvroText.map("\"bytes\"", 129, 130), 128),
            AvroText.optional("referenced_data_file", "\"string\"", 143));
    return AvroText.record(
        "manifest_entry",
        AvroText.required("status", "\"int\"", 0),
        AvroText.optional("snapshot_id", "\"long\"", 1),
        AvroText.optional("sequence_number", "\"long\"", 3),
        AvroText.optional("file_sequence_number", "\"long\"", 4),
        AvroText.required("data_file", file, 2));
  }

  /** Reads the live files of a manifest. */
  public static List<ManifestEntry> read(byte[] content, ManifestFile manifest) {
    List<ManifestEntry> entries = new ArrayList<>();
    for (Map<Integer, @Nullable Object> values : new AvroInput(content).rows()) {
      AvroRow row = new AvroRow(values);
      if (row.number(0) != DELETED) {
        entries.add(
            new ManifestEntry(
                row.number(1, manifest.snapshotId()),
                row.number(3, manifest.sequence()),
                row.number(4, manifest.sequence()),
                file(row.row(2))));
      }
    }
    return entries;
  }

  private static StoredFile file(AvroRow row) {
    Optional<String> deletesOf = Optional.empty();
    switch ((int) row.number(134, 0)) {
      case POSITION_DELETES -> deletesOf = Optional.of(row.text(143));
      case EQUALITY_DELETES -> throw new FormatException("it holds equality deletes");
      default -> {} // data
    }
    Map<Integer, byte[]> partition = new HashMap<>();
    row.row(102)
        .values()
        .forEach((id, value) -> {
          if (value != null) {
            partition.put(id, bytes(value));
          }
        });
    return new StoredFile(
        row.text(100),
        partition,
        row.number(103),
        row.number(104),
        row.numbers(108),
        row.numbers(109),
        row.numbers(110),
        row.numbers(137),
        row.binaries(125),
        row.binaries(128),
        deletesOf);
  }

  private static byte[] bytes(Object value) {
    return switch (value) {
      case byte[] bytes -> bytes;
      case String text -> text.getBytes(StandardCharsets.UTF_8);
      case Boolean flag -> new byte[] {(byte) (flag ? 1 : 0)};
      case Integer number -> little(4).putInt(number).array();
      case Long number -> little(8).putLong(number).array();
      case Float number -> little(4).putFloat(number).array();
      case Double number -> little(8).putDouble(number).array();
      default -> throw new FormatException("no partition value: " + value);
    };
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
