import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Checks ({@code check DIR}) or rewrites ({@code write DIR}) every Java file below a folder with
 * google-java-format. Run by Maven once for all modules; see CONTRIBUTING.md.
 */
class Format {
  private static final Set<String> SKIPPED = Set.of("target", ".git", ".towpath", "node_modules");

  /** What was wrong with one file; {@code problem} is shown to the person as it is. */
  private record Finding(Path file, String problem) {}

  public static void main(String[] args) throws IOException {
    boolean write = args[0].equals("write");
    Path root = Path.of(args[1]);
    List<Finding> findings =
        javaFiles(root).parallelStream().flatMap(file -> format(file, write).stream()).toList();
    for (Finding finding : findings) {
      System.err.println(root.relativize(finding.file()) + ": " + finding.problem());
    }
    if (!write && !findings.isEmpty()) {
      System.err.println("Rewrite them with: mvn -q -N verify -Dformat=write");
      System.exit(1);
    }
  }

  private static List<Path> javaFiles(Path root) throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            return SKIPPED.contains(dir.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".java")) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return files;
  }

  private static List<Finding> format(Path file, boolean write) {
    try {
      String before = Files.readString(file);
      JavaFormatterOptions options = JavaFormatterOptions.defaultOptions();
      String tidy = ImportOrderer.reorderImports(before, options.style());
      String after =
          new Formatter(options).formatSource(RemoveUnusedImports.removeUnusedImports(tidy));
      if (after.equals(before)) {
        return List.of();
      }
      if (write) {
        Files.writeString(file, after);
      }
      return List.of(new Finding(file, write ? "rewritten" : "not formatted"));
    } catch (Exception e) {
      return List.of(new Finding(file, "cannot be formatted: " + e.getMessage()));
    }
  }
}
