package dev.towpath.engine.duckdb.memory;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A shared library of this process, as Linux has loaded it on x86-64: an ELF image, of which each
 * function of other libraries is called through a slot that holds its address (the procedure
 * linkage table, System V ABI). A slot may be given another address.
 */
final class LoadedLibrary {
  private static final Path MAPS = Path.of("/proc/self/maps");
  private static final int ELF = 0x464c457f;

  private static final int SEGMENT_BYTES = 56;
  private static final int DYNAMIC = 2;

  private static final int ENTRY_BYTES = 16;
  private static final long PLT_BYTES = 2;
  private static final long NAMES = 5;
  private static final long SYMBOLS = 6;
  private static final long PLT = 23;

  private static final int RELOCATION_BYTES = 24;
  private static final int SYMBOL_BYTES = 24;
  private static final long JUMP_SLOT = 7;

  private static final MemorySegment ALL = all();

  private final long base;
  private final Map<Long, Long> dynamic;

  private LoadedLibrary(long base) {
    this.base = base;
    this.dynamic = dynamic(base);
  }

  @SuppressWarnings(
      "restricted") // what Linux lists as mapped is read, and what an image says of itself
  private static MemorySegment all() {
    return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
  }

  /**
   * The library whose file's name contains this.
   *
   * @return nothing when there is none
   */
  static Optional<LoadedLibrary> named(String name) {
    try (var lines = Files.lines(MAPS)) {
      return lines
          .map(line -> line.split("\\s+", 6)) // addresses, rights, offset, device, inode, file
          .filter(map ->
              map.length == 6 && map[5].substring(map[5].lastIndexOf('/') + 1).contains(name))
          .filter(map -> Long.parseLong(map[2], 16) == 0)
          .map(map -> Long.parseLong(map[0].substring(0, map[0].indexOf('-')), 16))
          .filter(base -> ALL.get(JAVA_INT_UNALIGNED, base) == ELF)
          .map(LoadedLibrary::new)
          .findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<Long, Long> dynamic(long base) {
    Map<Long, Long> found = new HashMap<>();
    long segment = base + ALL.get(JAVA_LONG_UNALIGNED, base + 32);
    int segments = ALL.get(JAVA_SHORT_UNALIGNED, base + 56);
    for (int i = 0; i < segments; i++, segment += SEGMENT_BYTES) {
      if (ALL.get(JAVA_INT_UNALIGNED, segment) == DYNAMIC) {
        long entry = base + ALL.get(JAVA_LONG_UNALIGNED, segment + 16);
        for (; ALL.get(JAVA_LONG_UNALIGNED, entry) != 0; entry += ENTRY_BYTES) {
          found.put(ALL.get(JAVA_LONG_UNALIGNED, entry), ALL.get(JAVA_LONG_UNALIGNED, entry + 8));
        }
      }
    }
    return found;
  }

  /** Where the address of a function stands that it calls; nothing when it calls none such. */
  Optional<Long> slot(String function) {
    long relocation = address(PLT);
    long end = relocation + dynamic.getOrDefault(PLT_BYTES, 0L);
    for (; relocation < end; relocation += RELOCATION_BYTES) {
      long info = ALL.get(JAVA_LONG_UNALIGNED, relocation + 8);
      if ((info & 0xffffffffL) == JUMP_SLOT && symbol(info >>> 32).equals(function)) {
        return Optional.of(base + ALL.get(JAVA_LONG_UNALIGNED, relocation));
      }
    }
    return Optional.empty();
  }

  private String symbol(long number) {
    int name = ALL.get(JAVA_INT_UNALIGNED, address(SYMBOLS) + number * SYMBOL_BYTES);
    StringBuilder text = new StringBuilder();
    long at = address(NAMES) + name;
    for (byte c; (c = ALL.get(JAVA_BYTE, at)) != 0; at++) {
      text.append((char) c);
    }
    return text.toString();
  }

  /** An address in the image; glibc has replaced what the file says by where it is. */
  private long address(long key) {
    long value = dynamic.getOrDefault(key, 0L);
    return Long.compareUnsigned(value, base) < 0 ? base + value : value;
  }
}
