package dev.towpath.engine.duckdb.memory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The memory of this process as Linux counts it, whatever in it took some. Elsewhere there is none
 * of this. Thread-safe.
 */
final class ProcessMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String TRIM = "malloc_trim";

  private final MethodHandle trim;

  @SuppressWarnings("restricted") // a function of the C library, with a plain number
  private ProcessMemory(Linker linker, SymbolLookup library) {
    trim =
        linker.downcallHandle(
            library.findOrThrow(TRIM),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
  }

  /** That of this process, where it can be seen. */
  static Optional<ProcessMemory> here() {
    Linker linker = Linker.nativeLinker();
    SymbolLookup library = linker.defaultLookup();
    return Files.isReadable(STATUS) && library.find(TRIM).isPresent()
        ? Optional.of(new ProcessMemory(linker, library))
        : Optional.empty();
  }

  /** Bytes that it has in memory. */
  long resident() {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) << 10;
        }
      }
      throw new IllegalStateException(STATUS + " has no VmRSS");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Gives back to the system what was freed and is kept for the next time. */
  void giveBack() {
    try {
      int _ = (int) trim.invokeExact(0L);
    } catch (Throwable e) {
      throw new IllegalStateException(TRIM, e);
    }
  }
}
