package dev.towpath.importer.dbt;

import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** The files of the new project, written when all is known. */
final class Output {
  private final Map<String, byte[]> files = new TreeMap<>();

  void add(String file, String text) {
    add(file, text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  void add(String file, byte[] bytes) {
    files.put(file, bytes);
  }

  /** Keeps a file of the dbt project that was not turned, as it is. */
  void keep(String file, Path path) {
    try {
      add("not-imported/" + file, Files.readAllBytes(path));
    } catch (IOException e) {
      throw new TowpathException("cannot read " + path + ": " + e.getMessage(), null, e);
    }
  }

  Map<String, byte[]> files() {
    return files;
  }

  /** Writes everything below a folder. */
  void write(Path target) {
    try {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        Path path = target.resolve(file.getKey());
        Files.createDirectories(path.getParent());
        Files.write(path, file.getValue());
      }
    } catch (IOException e) {
      throw new TowpathException("cannot write into " + target + ": " + e.getMessage(), null, e);
    }
  }
}
