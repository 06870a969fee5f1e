package dev.towpath.task.process;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How much memory a process group takes, where the system tells (Linux). */
public final class Memory {
  private static final Path PROC = Path.of("/proc");
  private static final int DEEPEST = 64;
  private static final long MIB = 1L << 20;
  private static final long[] UNITS = {MIB << 10, MIB, 1_000_000_000L, 1_000_000L};
  private static final String[] UNIT_NAMES = {"GiB", "MiB", "GB", "MB"};

  private Memory() {}

  /**
   * Bytes that all processes of a group, and their children, have in memory, pages that they share
   * counted once. Pages of mapped files are not theirs: the system takes them back when it needs
   * memory, and a table that is read batch by batch leaves many.
   */
  public static long ofGroup(long leader) {
    List<Path> group = group(leader);
    long sum = 0;
    for (Path process : group) {
      // What forked processes share would count in each, so their share is asked for.
      sum += group.size() == 1 ? own(process) : shared(process);
    }
    return sum;
  }

  private static long own(Path process) {
    Path status = process.resolve("status");
    long anonymous = field(status, "RssAnon:");
    // Linux before 4.5 does not tell them apart
    return anonymous > 0 ? anonymous + field(status, "RssShmem:") : field(status, "VmRSS:");
  }

  private static long shared(Path process) {
    Path rollup = process.resolve("smaps_rollup");
    long share = field(rollup, "Pss_Anon:") + field(rollup, "Pss_Shmem:");
    return share > 0 ? share : own(process);
  }

  /** The processes of a group, and all that any of them started, in whatever group. */
  private static List<Path> group(long leader) {
    List<Path> group = new ArrayList<>();
    if (!Files.isDirectory(PROC)) {
      return group;
    }
    Map<Long, Kin> all = new HashMap<>();
    try (DirectoryStream<Path> paths = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path path : paths) {
        kin(path).ifPresent(kin -> all.put(Long.valueOf(path.getFileName().toString()), kin));
      }
    } catch (IOException e) {
      return group; // no limit can be held where nothing is told
    }
    for (Kin kin : all.values()) {
      Kin ancestor = kin;
      // Numbers are used again, so what is read in turn might look like a circle.
      for (int up = 0; ancestor != null && ancestor.group != leader && up < DEEPEST; up++) {
        ancestor = all.get(ancestor.parent);
      }
      if (ancestor != null && ancestor.group == leader) {
        group.add(kin.path);
      }
    }
    return group;
  }

  private record Kin(Path path, long parent, long group) {}

  private static Optional<Kin> kin(Path process) {
    try {
      String stat =
          Files.readString(process.resolve("stat"), java.nio.charset.StandardCharsets.ISO_8859_1);
      // The name in parentheses may hold anything: state, parent and group come after the last one.
      String[] rest = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 4);
      return Optional.of(new Kin(process, Long.parseLong(rest[1]), Long.parseLong(rest[2])));
    } catch (IOException | RuntimeException e) {
      return Optional.empty(); // it has ended meanwhile
    }
  }

  /** A line such as {@code VmRSS: 123 kB}, in bytes; 0 when there is none. */
  private static long field(Path file, String name) {
    try {
      for (String line : Files.readAllLines(file, java.nio.charset.StandardCharsets.ISO_8859_1)) {
        if (line.startsWith(name)) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
        }
      }
      return 0;
    } catch (IOException | NumberFormatException e) {
      return 0; // it has ended meanwhile
    }
  }

  /** A limit in the unit that it was written in, such as {@code 200 MiB}. */
  public static String limit(long bytes) {
    for (int i = 0; i < UNITS.length; i++) {
      if (bytes % UNITS[i] == 0) {
        return bytes / UNITS[i] + " " + UNIT_NAMES[i];
      }
    }
    return text(bytes);
  }

  /** Bytes in a unit that can be held against a limit. */
  public static String text(long bytes, long limit) {
    return limit % MIB == 0 ? Math.max(1, bytes / MIB) + " MiB" : text(bytes);
  }

  /** Such as {@code 512 MB}. */
  public static String text(long bytes) {
    return bytes >= 10_000_000_000L
        ? bytes / 1_000_000_000 + " GB"
        : Math.max(1, bytes / 1_000_000) + " MB";
  }
}
