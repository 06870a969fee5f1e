package dev.towpath.task.python;

import dev.towpath.spi.TowpathException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** The Python package {@code towpath} of this build, unpacked once into a folder of its content. */
public final class Packaged {
  private static final String WHEEL = "towpath.whl";

  private Packaged() {}

  /**
   * The folder that holds it.
   *
   * @param cache kept from one process to the next
   */
  public static Path in(Path cache) {
    try (InputStream in = Packaged.class.getResourceAsStream(WHEEL)) {
      if (in == null) {
        throw new IllegalStateException(WHEEL + " is not in this build");
      }
      byte[] wheel = in.readAllBytes();
      String hash =
          HexFormat.of()
              .formatHex(MessageDigest.getInstance("SHA-256").digest(wheel))
              .substring(0, 16);
      Path folder = cache.resolve("python").resolve("package-" + hash);
      if (!Files.isDirectory(folder)) {
        unpack(wheel, folder);
      }
      return folder;
    } catch (IOException e) {
      throw new TowpathException(
          "cannot unpack the Python package into " + cache + ": " + e.getMessage(),
          "set XDG_CACHE_HOME to a folder that can be written",
          e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Beside the target, and renamed, since another process may do the same. */
  private static void unpack(byte[] wheel, Path folder) throws IOException {
    Files.createDirectories(folder.getParent());
    Path part = Files.createTempDirectory(folder.getParent(), "part");
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(wheel))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = part.resolve(entry.getName()).normalize();
        if (file.startsWith(part) && !entry.isDirectory()) {
          Files.createDirectories(file.getParent());
          Files.copy(zip, file);
        }
      }
    }
    try {
      Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (!Files.isDirectory(folder)) {
        throw e;
      }
      remove(part); // somebody was quicker
    }
  }

  private static void remove(Path folder) throws IOException {
    List<Path> all;
    try (Stream<Path> paths = Files.walk(folder)) {
      all = paths.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }
}
