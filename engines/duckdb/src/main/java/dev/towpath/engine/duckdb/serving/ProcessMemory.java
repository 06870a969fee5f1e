package dev.towpath.engine.duckdb.serving;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The memory of this process as Linux counts it, whatever in it took some, and a stop to its
 * growth: what asks for more is told that there is none, as by a machine that is full. Elsewhere
 * there is none of this. Thread-safe.
 */
final class ProcessMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final int RLIMIT_DATA = 2;

  private final MethodHandle getLimit;
  private final MethodHandle setLimit;
  private final MethodHandle trim;

  @SuppressWarnings("restricted") // three functions of the C library, with plain numbers
  private ProcessMemory(Linker linker, SymbolLookup library) {
    FunctionDescriptor limits =
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS);
    getLimit = linker.downcallHandle(library.findOrThrow("getrlimit"), limits);
    setLimit = linker.downcallHandle(library.findOrThrow("setrlimit"), limits);
    trim =
        linker.downcallHandle(
            library.findOrThrow("malloc_trim"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
  }

  /** That of this process, where it can be seen and stopped. */
  static Optional<ProcessMemory> here() {
    Linker linker = Linker.nativeLinker();
    SymbolLookup library = linker.defaultLookup();
    boolean known =
        Files.isReadable(STATUS)
            && List.of("getrlimit", "setrlimit", "malloc_trim").stream()
                .allMatch(name -> library.find(name).isPresent());
    return known ? Optional.of(new ProcessMemory(linker, library)) : Optional.empty();
  }

  /** Bytes that it has in memory. */
  long resident() {
    return counted("VmRSS:");
  }

  /** Bytes that it has been promised, in memory or not yet. */
  long promised() {
    return counted("VmData:");
  }

  /** Lets it be promised so many bytes in all; what asks for more is told that there is none. */
  void promise(long bytes) {
    limit(bytes);
  }

  /** Lets it be promised whatever it asks for. */
  void promiseAll() {
    limit(-1);
  }

  /** Gives back to the system what was freed and is kept for the next time. */
  void giveBack() {
    try {
      int _ = (int) trim.invokeExact(0L);
    } catch (Throwable e) {
      throw new IllegalStateException("malloc_trim", e);
    }
  }

  /** Sets the soft limit, which the hard one allows to be taken back. */
  private void limit(long bytes) {
    MemoryLayout pair = MemoryLayout.sequenceLayout(2, ValueLayout.JAVA_LONG);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment limits = arena.allocate(pair);
      int got = (int) getLimit.invokeExact(RLIMIT_DATA, limits);
      long hard = limits.getAtIndex(ValueLayout.JAVA_LONG, 1);
      boolean most = bytes < 0 || Long.compareUnsigned(bytes, hard) > 0;
      limits.setAtIndex(ValueLayout.JAVA_LONG, 0, most ? hard : bytes);
      int set = got == 0 ? (int) setLimit.invokeExact(RLIMIT_DATA, limits) : got;
      if (set != 0) {
        throw new IllegalStateException("setrlimit");
      }
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("setrlimit", e);
    }
  }

  private static long counted(String name) {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith(name)) {
          return Long.parseLong(line.replaceAll("\\D", "")) << 10;
        }
      }
      throw new IllegalStateException(STATUS + " has no " + name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
