package dev.towpath.metadata;

import dev.towpath.spi.Lake;
import dev.towpath.spi.ObjectStore;
import dev.towpath.spi.PartitionField;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SortField;
import dev.towpath.spi.TableFiles;
import dev.towpath.spi.TableName;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A lake whose table metadata is a list of the data files, one a line. */
record FakeLake(ObjectStore objects) implements Lake {

  @Override
  public Set<String> reach(String metadataFile) {
    String text = new String(objects.read(metadataFile), StandardCharsets.UTF_8);
    Set<String> files = new HashSet<>(text.lines().toList());
    files.add(metadataFile);
    return files;
  }

  static byte[] metadata(List<String> dataFiles) {
    return String.join("\n", dataFiles).getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public Draft draft(
      TableName table,
      Optional<String> base,
      Schema schema,
      List<PartitionField> partitionBy,
      List<SortField> sortBy,
      Map<String, String> renames) {
    throw new UnsupportedOperationException("not part of this test");
  }

  @Override
  public String commit(Draft draft, Step step, Map<String, String> summary) {
    throw new UnsupportedOperationException("not part of this test");
  }

  @Override
  public String absolute(String path) {
    throw new UnsupportedOperationException("not part of this test");
  }

  @Override
  public TableFiles files(String metadataFile) {
    throw new UnsupportedOperationException("not part of this test");
  }
}
