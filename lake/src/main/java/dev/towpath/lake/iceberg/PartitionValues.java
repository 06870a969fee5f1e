package dev.towpath.lake.iceberg;

import dev.towpath.spi.DataFile;
import dev.towpath.spi.TowpathException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The partition values of data files, to and from text. */
public final class PartitionValues {
  private PartitionValues() {}

  /**
   * The values of a file by partition field id.
   *
   * @param names of the spec's parts in the file's map
   */
  public static Map<Integer, byte[]> encode(Spec spec, List<String> names, DataFile file) {
    Map<Integer, byte[]> values = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      Spec.Part part = spec.parts().get(i);
      Optional<String> text = file.partition().get(names.get(i));
      if (text == null) {
        throw new IllegalArgumentException(
            file.path() + " has no partition value \"" + names.get(i) + "\"");
      }
      if (text.isPresent()) {
        byte[] value =
            PartitionText.encode(part, text.get())
                .orElseThrow(() ->
                    new TowpathException(
                        "the lake cannot partition by the value \"" + text.get() + "\""));
        values.put(part.fieldId(), value);
      }
    }
    return values;
  }

  /** The text of one part's value; empty is NULL. */
  public static Optional<String> decode(Spec.Part part, StoredFile file) {
    return Optional.ofNullable(file.partition().get(part.fieldId()))
        .map(bytes -> PartitionText.decode(part.transform(), part.type(), bytes));
  }
}
