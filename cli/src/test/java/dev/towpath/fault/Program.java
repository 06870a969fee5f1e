package dev.towpath.fault;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * The program as it is installed: this test's class path, copied once for all tests to a folder
 * that every user may read, with DuckDB's library unpacked beside its jar. Without that, each start
 * would unpack 72 MB, and each killed process would leave them behind.
 */
public final class Program {
  private static final Program ONE = install();

  private final Path folder;
  private final String classPath;

  private Program(Path folder, String classPath) {
    this.folder = folder;
    this.classPath = classPath;
  }

  /** How to start it: a JVM, its options, and the main class. */
  public static List<String> command() {
    return command(List.of());
  }

  /** The same with more options of the JVM. */
  static List<String> command(List<String> options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(arguments());
    return command;
  }

  private static List<String> arguments() {
    return List.of(
        "-Xmx512m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "--enable-native-access=ALL-UNNAMED",
        "--add-opens=java.base/java.nio=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-Dstdout.encoding=UTF-8",
        "-Dstderr.encoding=UTF-8",
        "-Djava.library.path=" + ONE.folder,
        "-cp",
        ONE.classPath,
        "dev.towpath.cli.Main");
  }

  private static Program install() {
    try {
      Path folder = Files.createTempDirectory("towpath-program");
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(folder)));
      List<String> parts = new ArrayList<>();
      for (String part : System.getProperty("java.class.path").split(File.pathSeparator)) {
        Path from = Path.of(part);
        if (Files.exists(from) && !from.endsWith("test-classes")) {
          Path to = folder.resolve(parts.size() + "-" + from.getFileName());
          if (from.getFileName().toString().startsWith("duckdb_jdbc")) {
            strip(from, to, folder);
          } else {
            copy(from, to);
          }
          parts.add(to.toString());
        }
      }
      return new Program(folder, String.join(File.pathSeparator, parts));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : paths.toList()) {
        Path target = path.equals(from) ? to : to.resolve(from.relativize(path).toString());
        Files.copy(path, target);
        boolean directory = Files.isDirectory(target);
        Files.setPosixFilePermissions(
            target, PosixFilePermissions.fromString(directory ? "rwxr-xr-x" : "rw-r--r--"));
      }
    }
  }

  /** Copies DuckDB's jar without its libraries, and this machine's library beside it. */
  private static void strip(Path jar, Path to, Path folder) throws IOException {
    String cpu = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
    try (ZipFile zip = new ZipFile(jar.toFile());
        ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(to))) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        try (InputStream in = zip.getInputStream(entry)) {
          if (entry.getName().equals("libduckdb_java.so_linux_" + cpu)) {
            Path library = folder.resolve(System.mapLibraryName("duckdb_java"));
            Files.copy(in, library, StandardCopyOption.REPLACE_EXISTING);
          } else if (!entry.getName().startsWith("libduckdb_java")) {
            out.putNextEntry(new ZipEntry(entry.getName()));
            in.transferTo(out);
          }
        }
      }
    }
  }

  private static void remove(Path folder) {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
