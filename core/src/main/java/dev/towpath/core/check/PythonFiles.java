package dev.towpath.core.check;

import dev.towpath.core.graph.Hash;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Location;
import dev.towpath.spi.PythonPackages;
import dev.towpath.spi.PythonParser;
import dev.towpath.spi.PythonParser.Parsed;
import dev.towpath.spi.PythonParser.SourceFile;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The project's Python models and the figures of its dashboards, parsed. The parser behind the
 * cache is opened only for files that are new, or whose imported modules of the project have
 * changed.
 */
final class PythonFiles {
  private final Path root;
  private final Supplier<PythonParser> opener;
  private final CheckCache cache;
  private final Problems problems;
  private final Map<SourceFile, Parsed> parsed = new HashMap<>();

  PythonFiles(Path root, Supplier<PythonParser> opener, CheckCache cache, Problems problems) {
    this.root = root;
    this.opener = opener;
    this.cache = cache;
    this.problems = problems;
  }

  /** Parses files. Says so, once, when there is no Python. */
  void parse(List<SourceFile> files) {
    Map<SourceFile, String> missing = new LinkedHashMap<>();
    for (SourceFile file : files) {
      String key = Hash.of("python 4", file.entry(), file.file(), file.text());
      cache
          .python(key)
          .filter(this::holds)
          .ifPresentOrElse(entry -> parsed.put(file, entry.parsed()), () -> missing.put(file, key));
    }
    if (missing.isEmpty()) {
      return;
    }
    List<SourceFile> asked = List.copyOf(missing.keySet());
    List<Parsed> answers;
    try (PythonParser parser = opener.get()) {
      answers = parser.parse(asked);
    } catch (CancelledException e) {
      throw e;
    } catch (TowpathException e) {
      problems.error(
          Location.of(asked.getFirst().file()), String.valueOf(e.getMessage()), e.hint());
      return;
    }
    for (int i = 0; i < asked.size(); i++) {
      SourceFile file = asked.get(i);
      Parsed answer = answers.get(i);
      if (answer.mistake().isEmpty()) {
        parsed.put(file, answer);
        cache.put(
            Objects.requireNonNull(missing.get(file)),
            new PythonCache.Entry(answer, content(answer.imports())));
      } else {
        PythonParser.Mistake mistake = answer.mistake().get();
        problems.error(mistake.at().in(file.file()), mistake.message(), Optional.<String>empty());
      }
    }
  }

  /** What a file says; null when it is no Python, or nobody could read it. */
  @Nullable Parsed get(SourceFile file) {
    return parsed.get(file);
  }

  /**
   * Whether what was remembered is still so: its imports are, nothing that it would import as well
   * has come, and no name is now a file of ours.
   */
  private boolean holds(PythonCache.Entry entry) {
    return entry.imported().equals(content(entry.parsed().imports()))
        && entry.parsed().absent().stream().noneMatch(f -> Files.exists(root.resolve(f)))
        && entry.parsed().modules().stream()
            .noneMatch(
                m -> Files.exists(root.resolve(m + ".py")) || Files.isDirectory(root.resolve(m)));
  }

  private String content(List<String> files) {
    Hash hash = new Hash();
    for (String file : files) {
      hash.add(file);
      try {
        hash.add(HexFormat.of().formatHex(Files.readAllBytes(root.resolve(file))));
      } catch (IOException gone) {
        hash.add("gone");
      }
    }
    return hash.hex();
  }

  /** A hash of what decides which packages there are. */
  String environment() {
    Hash hash = new Hash();
    try {
      PythonPackages.of(root).asked().forEach((name, text) -> hash.add(name).add(text));
    } catch (TowpathException e) {
      problems.error(Location.of("uv.lock"), String.valueOf(e.getMessage()), e.hint());
    }
    return hash.hex();
  }
}
