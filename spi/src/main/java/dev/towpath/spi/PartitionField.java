package dev.towpath.spi;

/**
 * One part of {@code partition_by:}.
 *
 * @param column the source column's name
 * @param transform IDENTITY, YEAR, MONTH, DAY, HOUR (UTC for instants), as Iceberg defines them
 */
public record PartitionField(String column, Transform transform) {
  /** How a column's value becomes a partition value. */
  public enum Transform {
    IDENTITY,
    YEAR,
    MONTH,
    DAY,
    HOUR
  }

  /** The Iceberg name of this partition field: {@code day_month}, or the column for identity. */
  public String name() {
    return transform == Transform.IDENTITY
        ? column
        : column + "_" + transform.name().toLowerCase(java.util.Locale.ROOT);
  }
}
