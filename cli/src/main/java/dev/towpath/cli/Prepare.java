package dev.towpath.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.sqlite.util.LibraryLoaderUtil;

/**
 * Makes later starts quick; the {@code towpath} script runs it once for a build.
 *
 * <p>It unpacks the native libraries of DuckDB and SQLite, which their drivers would otherwise
 * unpack at every start, and then runs a small project, so that the JVM can record which classes a
 * command needs (its AOT cache).
 */
final class Prepare {
  private Prepare() {}

  /**
   * Arguments: DuckDB's whole jar, the folder for the libraries (a file {@code ready} in it says
   * that they are complete), and a folder that may be used for the small project.
   */
  public static void main(String[] args) throws IOException {
    Path libraries = Path.of(args[1]);
    if (!Files.exists(libraries.resolve("ready"))) {
      Files.createDirectories(libraries);
      unpackDuckDb(Path.of(args[0]), libraries);
      unpackSqlite(libraries);
      Files.writeString(libraries.resolve("ready"), "");
    }
    WarmUp.in(Path.of(args[2]));
    System.exit(Main.OK); // as commands end, so that what an exit loads is in the cache too
  }

  private static void unpackDuckDb(Path jar, Path libraries) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      ZipEntry entry = zip.getEntry("libduckdb_java.so_" + os() + "_" + cpu());
      if (entry == null) {
        throw new IOException(jar + " has no library for this platform, " + os() + " on " + cpu());
      }
      try (InputStream in = zip.getInputStream(entry)) {
        place(in, libraries.resolve(System.mapLibraryName("duckdb_java")));
      }
    }
  }

  private static void unpackSqlite(Path libraries) throws IOException {
    String name = LibraryLoaderUtil.getNativeLibName();
    URL resource =
        Prepare.class.getResource(LibraryLoaderUtil.getNativeLibResourcePath() + "/" + name);
    if (resource == null) {
      throw new IOException("SQLite's driver has no library for " + os() + " on " + cpu());
    }
    try (InputStream in = resource.openStream()) {
      place(in, libraries.resolve(name));
    }
  }

  /** Writes beside the target and renames, since another process may do the same or be killed. */
  private static void place(InputStream content, Path target) throws IOException {
    Path part = Files.createTempFile(target.getParent(), "part", null);
    Files.copy(content, part, StandardCopyOption.REPLACE_EXISTING);
    Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** The system as DuckDB's driver names it in its jar. */
  private static String os() {
    String name = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    return name.startsWith("mac") ? "macos" : name;
  }

  private static String cpu() {
    return switch (System.getProperty("os.arch", "")) {
      case "x86_64", "amd64" -> "amd64";
      case "aarch64", "arm64" -> "arm64";
      case String other -> other;
    };
  }
}
