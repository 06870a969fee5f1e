package dev.towpath.source.files;

import static dev.towpath.source.common.Failures.quoted;

import dev.towpath.source.common.Failures;
import dev.towpath.source.common.Hashes;
import dev.towpath.source.common.Stamp;
import dev.towpath.spi.FileScan.InputFile;
import dev.towpath.spi.SourceState;
import dev.towpath.spi.SourceState.SourceFile;
import dev.towpath.spi.SourceTable;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The files that are there against those that were read.
 *
 * @param fresh never read, sorted
 * @param changed read before with another content, sorted
 * @param vanished entries of files that are gone
 * @param same entries of files that still hold what was read
 */
record Ledger(
    List<InputFile> fresh,
    List<InputFile> changed,
    List<SourceFile> vanished,
    List<SourceFile> same) {
  Ledger {
    fresh = List.copyOf(fresh);
    changed = List.copyOf(changed);
    vanished = List.copyOf(vanished);
    same = List.copyOf(same);
  }

  /** Compares; reads the content of a file only when its size and time do not settle it. */
  static Ledger compare(SourceTable table, List<InputFile> files, SourceState last) {
    Map<String, SourceFile> known = new HashMap<>();
    last.files().forEach(file -> known.put(file.name(), file));
    List<InputFile> fresh = new ArrayList<>();
    List<InputFile> old = new ArrayList<>();
    Set<String> there = new HashSet<>();
    for (InputFile file : files) {
      there.add(file.name());
      (known.containsKey(file.name()) ? old : fresh).add(file);
    }
    List<InputFile> changed = new ArrayList<>();
    List<SourceFile> same = new ArrayList<>();
    List<Match> matches =
        Hashes.forAll(
            old,
            file -> match(table, file, java.util.Objects.requireNonNull(known.get(file.name()))));
    for (Match match : matches) {
      if (match.entry() == null) {
        changed.add(match.file());
      } else {
        same.add(match.entry());
      }
    }
    return new Ledger(
        fresh,
        changed,
        last.files().stream().filter(f -> !there.contains(f.name())).toList(),
        same);
  }

  /** Entry is null when the content is another. */
  private record Match(InputFile file, @Nullable SourceFile entry) {}

  private static Match match(SourceTable table, InputFile file, SourceFile entry) {
    Stamp stamp = KnownFile.stamp(table, file);
    if (stamp.matches(entry)) {
      return new Match(file, entry);
    }
    if (stamp.bytes() != entry.bytes()) {
      return new Match(file, null);
    }
    try {
      Instant now = Instant.now();
      boolean equal = Hashes.sha256(file.path()).equals(entry.hash());
      return new Match(file, equal ? stamp.entry(file.name(), entry.hash(), now) : null);
    } catch (IOException e) {
      throw Failures.unreadable(table, file.name(), e);
    }
  }

  /** What is new, for a person; empty text when nothing is. */
  String news(boolean vanishedToo) {
    List<String> parts = new ArrayList<>();
    add(parts, fresh.stream().map(InputFile::name).toList(), "new");
    add(parts, changed.stream().map(InputFile::name).toList(), "changed");
    if (vanishedToo) {
      add(parts, vanished.stream().map(SourceFile::name).toList(), "removed");
    }
    return String.join("; ", parts);
  }

  private static void add(List<String> parts, List<String> names, String how) {
    if (!names.isEmpty()) {
      parts.add(Failures.count(names.size(), how + " file") + ": " + list(names));
    }
  }

  private static String list(List<String> names) {
    String first = String.join(", ", names.subList(0, Math.min(3, names.size())));
    return names.size() > 3 ? first + ", ..." : first;
  }

  /** The first of some entries in quotes, and how many more there are. */
  static String first(List<String> names) {
    return quoted(names.getFirst())
        + (names.size() > 1 ? " and " + (names.size() - 1) + " more" : "");
  }
}
