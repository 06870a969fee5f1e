package dev.towpath.task.process;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How much memory a process group takes, where the system tells (Linux). */
public final class Memory {
  private static final Path PROC = Path.of("/proc");

  private Memory() {}

  /** Bytes that all processes of a group have in memory, pages that they share counted once. */
  public static long ofGroup(long leader) {
    List<Path> group = group(leader);
    long sum = 0;
    for (Path process : group) {
      // What forked processes share would count in each, so their share is asked for.
      sum += group.size() == 1 ? field(process.resolve("status"), "VmRSS:") : shared(process);
    }
    return sum;
  }

  private static long shared(Path process) {
    long share = field(process.resolve("smaps_rollup"), "Pss:");
    return share > 0 ? share : field(process.resolve("status"), "VmRSS:");
  }

  private static List<Path> group(long leader) {
    List<Path> group = new ArrayList<>();
    if (!Files.isDirectory(PROC)) {
      return group;
    }
    try (DirectoryStream<Path> all = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : all) {
        if (groupOf(process) == leader) {
          group.add(process);
        }
      }
    } catch (IOException e) {
      group.clear(); // no limit can be held where nothing is told
    }
    return group;
  }

  private static long groupOf(Path process) {
    try {
      String stat =
          Files.readString(process.resolve("stat"), java.nio.charset.StandardCharsets.ISO_8859_1);
      // The name in parentheses may hold anything: state, parent and group come after the last one.
      String[] rest = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 4);
      return Long.parseLong(rest[2]);
    } catch (IOException | RuntimeException e) {
      return -1; // it has ended meanwhile
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

  /** Such as {@code 512 MB}. */
  public static String text(long bytes) {
    return bytes >= 10_000_000_000L
        ? bytes / 1_000_000_000 + " GB"
        : Math.max(1, bytes / 1_000_000) + " MB";
  }
}
