package dev.towpath.core.project;

import dev.towpath.spi.SourceReader;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The kinds of source that this build can read, by the value of {@code type:}. */
public interface SourceTypes {

  /** The reader of a type. */
  Optional<SourceReader> reader(String type);

  /** All types, in order of name. */
  Set<String> types();

  /** The given readers; of two with one type the later counts. */
  static SourceTypes of(Collection<? extends SourceReader> readers) {
    Map<String, SourceReader> byType = new TreeMap<>();
    readers.forEach(reader -> byType.put(reader.type(), reader));
    return new SourceTypes() {
      @Override
      public Optional<SourceReader> reader(String type) {
        return Optional.ofNullable(byType.get(type));
      }

      @Override
      public Set<String> types() {
        return byType.keySet();
      }
    };
  }
}
