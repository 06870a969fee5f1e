package dev.towpath.cli;

import dev.towpath.spi.PythonPackages;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The files that make up a project: all in the folders that Towpath reads, code elsewhere, and what
 * small text lies beside that code. Neither data, nor what is hidden, nor what jobs and tools write
 * into folders of their own.
 */
final class VersionFiles {
  private static final Set<String> PARTS =
      Set.of(
          "sources",
          "models",
          "seeds",
          "tests",
          "flows",
          "jobs",
          "apis",
          "macros",
          "dashboards",
          "ml",
          "apps");

  private static final Set<String> NEVER = Set.of("__pycache__", "node_modules");
  private static final Set<String> CODE = Set.of("py", "ipynb", "sql", "sh");
  private static final Set<String> TEXT =
      Set.of("toml", "txt", "cfg", "ini", "yml", "yaml", "json", "html", "j2", "md", "css");

  private static final Set<String> NAMED =
      Set.of("towpath.yml", "schemas.lock", "pyproject.toml", "uv.lock");

  private static final Pattern REQUIREMENTS = Pattern.compile("(requirements|constraints).*\\.txt");
  private static final int DEEPEST = 12;
  private static final int MOST = 10_000;
  private static final long LARGEST = 4L << 20;
  private static final long ALL = 64L << 20;

  private final Path root;

  VersionFiles(Path root) {
    this.root = root;
  }

  /**
   * Finds them, sorted.
   *
   * @throws TowpathException when they are too many or too large to be kept
   */
  List<Path> find() {
    Visitor visitor = new Visitor();
    try {
      Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), DEEPEST, visitor);
    } catch (IOException e) {
      throw new TowpathException("cannot read " + root + ": " + e.getMessage(), null, e);
    }
    packages().forEach(visitor::addOnce);
    List<Path> found = visitor.found();
    if (found.size() > MOST || visitor.bytes > ALL) {
      throw new TowpathException(
          "the project has "
              + (found.size() > MOST
                  ? "more than " + MOST + " files"
                  : visitor.bytes / 1_000_000
                      + " MB of files (the largest is "
                      + visitor.largest
                      + ")")
              + ", too much to keep them with each run of a flow",
          "at most " + (ALL >> 20) + " MB; put data into data/ and read it as a source");
    }
    return found;
  }

  /** Files that say which packages there are, also where requirements.txt includes others. */
  private List<Path> packages() {
    try {
      return PythonPackages.of(root).files().keySet().stream()
          .map(name -> root.resolve(name).normalize())
          .filter(file -> file.startsWith(root))
          .toList();
    } catch (TowpathException e) {
      return List.of(); // who needs them says what is wrong with them
    }
  }

  private final class Visitor extends SimpleFileVisitor<Path> {
    private final List<Path> files = new ArrayList<>();
    private final Map<Path, List<Path>> beside = new HashMap<>();
    private final Set<Path> withCode = new HashSet<>();
    private long bytes;
    private long largestSize = -1;
    private String largest = "";

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      return folder.equals(root) || isOurs(folder)
          ? FileVisitResult.CONTINUE
          : FileVisitResult.SKIP_SUBTREE;
    }

    private boolean isOurs(Path folder) {
      String name = String.valueOf(folder.getFileName());
      boolean data = name.equals("data") && root.equals(folder.getParent());
      return !name.startsWith(".")
          && !data
          && !NEVER.contains(name)
          && !Files.exists(folder.resolve("pyvenv.cfg")) // an environment of Python
          && !Files.exists(folder.resolve("store.json")); // a lake
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      String name = String.valueOf(file.getFileName());
      if (!attributes.isRegularFile() || name.startsWith(".")) {
        return FileVisitResult.CONTINUE;
      }
      Path parent = Objects.requireNonNull(file.getParent());
      String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
      boolean small = attributes.size() <= LARGEST;
      boolean named =
          (parent.equals(root) && NAMED.contains(name)) || REQUIREMENTS.matcher(name).matches();
      if (isInPart(file) || named) {
        add(file, attributes.size());
      } else if (small && CODE.contains(ending)) {
        add(file, attributes.size());
        withCode.add(parent);
      } else if (small && TEXT.contains(ending) && !parent.equals(root)) {
        beside.computeIfAbsent(parent, _ -> new ArrayList<>()).add(file);
      }
      return files.size() > MOST ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
    }

    private void add(Path file, long size) {
      files.add(file);
      bytes += size;
      if (size > largestSize) {
        largestSize = size;
        largest = root.relativize(file).toString();
      }
    }

    private void addOnce(Path file) {
      if (!files.contains(file)) {
        add(file, file.toFile().length());
      }
    }

    private List<Path> found() {
      for (Path folder : withCode) {
        beside.getOrDefault(folder, List.of()).forEach(this::addOnce);
      }
      Collections.sort(files);
      return files;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, @Nullable IOException e) {
      return FileVisitResult.CONTINUE; // a link in a circle, or what nobody may read: not a part
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) {
      return FileVisitResult.CONTINUE;
    }
  }

  private boolean isInPart(Path file) {
    Path relative = root.relativize(file);
    return relative.getNameCount() > 1 && PARTS.contains(relative.getName(0).toString());
  }
}
