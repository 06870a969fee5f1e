package dev.towpath.engine.duckdb.memory;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Stands between DuckDB and the C library, where the engine asks for memory: so much it may have,
 * and what asks for more is told that there is none, as on a machine that is full. DuckDB answers
 * that with an "out of memory" for the query alone. A limit of the process ({@code RLIMIT_DATA})
 * would be the JVM's, too, which ends when it gets no memory; and a limit of DuckDB's own ({@code
 * memory_limit}) does not count what a vector's values take.
 *
 * <p>Functions of the C library are called through a slot that holds their address ({@link
 * LoadedLibrary}); here it gets that of a few instructions which look first. DuckDB's own allocator
 * (jemalloc, told to give back what it no longer needs) maps its memory, and all of that is
 * counted. Results that are handed over grow by {@code realloc}, and what C++ makes by {@code new}
 * comes from {@code malloc} as libstdc++ calls it: there a single block is bounded, not their sum.
 * DuckDB's own calls of {@code malloc} are let be, since some of its parts (utf8proc) answer
 * nothing with a wrong result. Linux on x86-64 only.
 */
public final class EngineAllocations {
  private static final String ENGINE = "libduckdb_java";
  private static final String NEW = "libstdc++.so";

  /** 2 where the system promises no more than it has: then a mapping is not yet a promise. */
  private static final Path OVERCOMMIT = Path.of("/proc/sys/vm/overcommit_memory");

  /** What jemalloc reads when it is loaded; the launcher sets it. */
  private static final String OPTIONS = "DUCKDB_JE_MALLOC_CONF";

  /**
   * Else it keeps the addresses of all it ever had, in pieces that fit what comes less and less.
   */
  private static final String GIVES_BACK = "retain:false";

  private static final int READ = 1;
  private static final int WRITE = 2;
  private static final int EXECUTE = 4;
  private static final int PRIVATE_ANONYMOUS = 0x22;
  private static final int PAGE = 4096;

  /**
   * Adds the size to what is mapped, and takes it back when that is too much, or the call fails.
   * For what is not large there is a little more, so that small queries go on beside one that has
   * taken all; and some pages are counted, but never refused, since an engine that tidies up after
   * an "out of memory" needs them, too.
   */
  private static final String MAP =
      """
      49 bb MAPPED             mov  r11, &mapped
      48 89 f0                 mov  rax, rsi
      f0 49 0f c1 03           lock xadd [r11], rax
      48 81 fe 00 00 01 00     cmp  rsi, 64 kB
      72 18                    jb   call
      48 01 f0                 add  rax, rsi
      48 81 fe 00 00 40 00     cmp  rsi, 4 MB
      73 06                    jae  large
      48 2d 00 00 00 10        sub  rax, 256 MB
      49 3b 43 08       large: cmp  rax, [r11 + 8]
      7f 16                    jg   fail
      56                 call: push rsi
      49 bb REAL               mov  r11, real
      41 ff d3                 call r11
      5e                       pop  rsi
      48 83 f8 ff              cmp  rax, -1
      74 01                    je   fail
      c3                       ret
      49 bb MAPPED       fail: mov  r11, &mapped
      f0 49 29 33              lock sub [r11], rsi
      48 c7 c0 ff ff ff ff     mov  rax, -1
      c3                       ret
      """;

  private static final String UNMAP =
      """
      56                       push rsi
      49 bb REAL               mov  r11, real
      41 ff d3                 call r11
      5e                       pop  rsi
      85 c0                    test eax, eax
      75 0e                    jnz  done
      49 bb MAPPED             mov  r11, &mapped
      f0 49 29 33              lock sub [r11], rsi
      c3                 done: ret
      """;

  /** Where jemalloc turns when it cannot map, and never gives back what it gets. */
  private static final String FAIL =
      """
      48 c7 c0 ff ff ff ff     mov  rax, -1
      c3                       ret
      """;

  /** Small blocks, of which there are very many, cost nothing here. */
  private static final String ALLOCATE =
      """
      48 81 ff 00 00 10 00     cmp  rdi, 1 MB
      72 12                    jb   pass
      49 bb BLOCK              mov  r11, &block
      49 3b 3b                 cmp  rdi, [r11]
      76 03                    jbe  pass
      31 c0                    xor  eax, eax
      c3                       ret
      49 bb REAL         pass: mov  r11, real
      41 ff e3                 jmp  r11
      """;

  /** The same where the size, of what was there and what is added, is the second argument. */
  private static final String REALLOCATE =
      ALLOCATE.replace("48 81 ff", "48 81 fe").replace("49 3b 3b", "49 3b 33");

  private static final List<Caller> CALLERS =
      List.of(
          new Caller(ENGINE, "mmap", MAP),
          new Caller(ENGINE, "munmap", UNMAP),
          new Caller(ENGINE, "sbrk", FAIL),
          new Caller(ENGINE, "realloc", REALLOCATE),
          new Caller(NEW, "malloc", ALLOCATE));

  private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();

  private static Optional<EngineAllocations> installed = Optional.empty();

  /** Bytes that are mapped, how many may be, and how many a block may have. */
  private final MemorySegment counts = Arena.global().allocate(3 * Long.BYTES, Long.BYTES);

  /** A library that calls a function of the C library, and what comes before it from now on. */
  private record Caller(String library, String function, String instructions) {}

  private int holders;

  private EngineAllocations() {
    allow(Long.MAX_VALUE, Long.MAX_VALUE);
  }

  /**
   * Those of this process, once DuckDB is loaded; from then on they are counted, so the first
   * database is the moment to ask for it.
   *
   * @return nothing where it cannot be: on another system, when the launcher started no server, or
   *     the libraries are linked otherwise
   */
  public static synchronized Optional<EngineAllocations> here() {
    if (installed.isEmpty() && isKnown()) {
      installed = install();
    }
    return installed;
  }

  private static boolean isKnown() {
    try {
      return System.getProperty("os.name").equals("Linux")
          && System.getProperty("os.arch").equals("amd64")
          && Objects.requireNonNullElse(System.getenv(OPTIONS), "").contains(GIVES_BACK)
          && !Files.readString(OVERCOMMIT).strip().equals("2");
    } catch (IOException e) {
      return false;
    }
  }

  private static Optional<EngineAllocations> install() {
    Map<Caller, Long> slots = new LinkedHashMap<>();
    for (Caller caller : CALLERS) {
      LoadedLibrary.named(caller.library())
          .flatMap(library -> library.slot(caller.function()))
          .ifPresent(slot -> slots.put(caller, slot));
    }
    if (slots.size() < CALLERS.size()) {
      return Optional.empty();
    }
    EngineAllocations all = new EngineAllocations();
    try {
      new Code(all.counts.address()).put(slots);
      return Optional.of(all);
    } catch (IllegalStateException e) {
      return Optional.empty(); // no process may change itself here, or it has another allocator
    }
  }

  /** Bytes that the engine's allocator has, in use or not yet given back. */
  long mapped() {
    return (long) LONG.getVolatile(counts, 0L);
  }

  /**
   * Bounds what the engine takes.
   *
   * @param mapped bytes that its allocator may have in all
   * @param block bytes that it may ask for at once elsewhere
   */
  void allow(long mapped, long block) {
    LONG.setVolatile(counts, (long) Long.BYTES, Math.max(0, mapped));
    LONG.setVolatile(counts, 2L * Long.BYTES, Math.max(0, block));
  }

  /** Somebody bounds the engine from now on; others may, too. */
  synchronized void hold() {
    holders++;
  }

  /** Somebody no longer does; after the last the engine takes what it asks for. */
  synchronized void release() {
    holders--;
    if (holders == 0) {
      allow(Long.MAX_VALUE, Long.MAX_VALUE);
    }
  }

  /** Where the instructions stand. */
  @SuppressWarnings("restricted") // two functions of the C library, and the page that one returns
  private static final class Code {
    private final SymbolLookup library = Linker.nativeLinker().defaultLookup();
    private final MethodHandle protect =
        Linker.nativeLinker()
            .downcallHandle(
                library.findOrThrow("mprotect"),
                FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT));
    private final long counts;

    private Code(long counts) {
      this.counts = counts;
    }

    /** Has libraries call the instructions before the functions: all of them, or none. */
    private void put(Map<Caller, Long> slots) {
      Map<Long, Long> pages = new LinkedHashMap<>();
      slots.forEach((caller, slot) -> pages.put(slot, page(caller)));
      slots.values().forEach(slot -> protect(slot & -PAGE, READ | WRITE));
      pages.forEach((slot, page) ->
          LONG.setVolatile(MemorySegment.ofAddress(slot).reinterpret(Long.BYTES), 0L, (long) page));
    }

    private long page(Caller caller) {
      MemorySegment page = page();
      String text =
          caller
              .instructions()
              .replaceAll("(?m) {2,}.*$", "")
              .replace("MAPPED", hex(counts))
              .replace("BLOCK", hex(counts + 2 * Long.BYTES))
              .replace("REAL", hex(address(caller.function())))
              .replaceAll("\\s", "");
      byte[] bytes = HexFormat.of().parseHex(text);
      MemorySegment.copy(bytes, 0, page, ValueLayout.JAVA_BYTE, 0, bytes.length);
      protect(page.address(), READ | EXECUTE);
      return page.address();
    }

    /**
     * Where a function is, when it is the C library's for everybody: were another allocator loaded
     * before it (LD_PRELOAD), blocks of the one would be given to the other.
     */
    private long address(String function) {
      MemorySegment known = library.findOrThrow(function);
      MethodHandle dlsym =
          Linker.nativeLinker()
              .downcallHandle(
                  library.findOrThrow("dlsym"),
                  FunctionDescriptor.of(
                      ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment everybodys =
            (MemorySegment) dlsym.invokeExact(MemorySegment.NULL, arena.allocateFrom(function));
        if (everybodys.address() != known.address()) {
          throw new IllegalStateException(function + " is not the C library's");
        }
        return known.address();
      } catch (RuntimeException e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException("dlsym", e);
      }
    }

    /** A page of its own, which is the C library's to place. */
    private MemorySegment page() {
      MethodHandle map =
          Linker.nativeLinker()
              .downcallHandle(
                  library.findOrThrow("mmap"),
                  FunctionDescriptor.of(
                      ValueLayout.ADDRESS,
                      ValueLayout.ADDRESS,
                      ValueLayout.JAVA_LONG,
                      ValueLayout.JAVA_INT,
                      ValueLayout.JAVA_INT,
                      ValueLayout.JAVA_INT,
                      ValueLayout.JAVA_LONG));
      try {
        MemorySegment page =
            (MemorySegment)
                map.invokeExact(
                    MemorySegment.NULL, (long) PAGE, READ | WRITE, PRIVATE_ANONYMOUS, -1, 0L);
        if (page.address() == -1) {
          throw new IllegalStateException("mmap");
        }
        return page.reinterpret(PAGE);
      } catch (RuntimeException e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException("mmap", e);
      }
    }

    private void protect(long page, int rights) {
      try {
        if ((int) protect.invokeExact(page, (long) PAGE, rights) != 0) {
          throw new IllegalStateException("mprotect");
        }
      } catch (RuntimeException e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException("mprotect", e);
      }
    }

    private static String hex(long address) {
      return HexFormat.of().toHexDigits(Long.reverseBytes(address));
    }
  }
}
