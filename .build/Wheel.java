import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.LocalDateTime;
import java.util.Base64;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Packs the Python package into a wheel: {@code java Wheel.java SOURCES VERSION RESOURCE FOLDER}.
 * The same files make the same bytes. It is written twice: as RESOURCE, from which the host unpacks
 * it, and under its proper name into FOLDER.
 */
class Wheel {
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  public static void main(String[] args) throws Exception {
    Path sources = Path.of(args[0]);
    // 0.1.0-SNAPSHOT is 0.1.0.dev0 for Python
    String version = args[1].replace("-SNAPSHOT", ".dev0");
    Path resource = Path.of(args[2]);
    Path folder = Path.of(args[3]);

    SortedMap<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(sources)) {
      for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
        String name = sources.relativize(file).toString().replace('\\', '/');
        if (!name.contains("__pycache__") && name.startsWith("towpath/")) {
          files.put(name, Files.readAllBytes(file));
        }
      }
    }
    // Its version stands in one place, the pom.
    files.put(
        "towpath/_version.py",
        utf8("\"\"\"Written by the build.\"\"\"\n\n__version__ = \"" + version + "\"\n"));
    String info = "towpath-" + version + ".dist-info/";
    files.put(
        info + "METADATA", utf8(metadata(version, Files.readString(sources.resolve("README.md")))));
    files.put(
        info + "WHEEL",
        utf8("Wheel-Version: 1.0\nGenerator: towpath\nRoot-Is-Purelib: true\nTag: py3-none-any\n"));
    files.put(
        info + "licenses/LICENSE",
        Files.readAllBytes(Path.of(sources + "/../../../../../LICENSE").normalize()));
    StringBuilder record = new StringBuilder();
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(file.getValue());
      record
          .append(file.getKey())
          .append(",sha256=")
          .append(Base64.getUrlEncoder().withoutPadding().encodeToString(hash))
          .append(',')
          .append(file.getValue().length)
          .append('\n');
    }
    record.append(info).append("RECORD,,\n");
    files.put(info + "RECORD", utf8(record.toString()));

    Files.createDirectories(resource.getParent());
    try (Stream<Path> old = Files.list(folder)) {
      for (Path file : (Iterable<Path>) old.filter(f -> f.toString().endsWith(".whl"))::iterator) {
        Files.delete(file);
      }
    }
    Path named = folder.resolve("towpath-" + version + "-py3-none-any.whl");
    write(files, named);
    if (!Files.exists(resource) || Files.mismatch(named, resource) >= 0) {
      Files.copy(named, resource, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static String metadata(String version, String readme) {
    return """
    Metadata-Version: 2.4
    Name: towpath
    Version: %s
    Summary: Models, jobs and notebooks for Towpath projects, and a client that reads their tables
    License-Expression: Apache-2.0
    License-File: LICENSE
    Keywords: data,pipeline,duckdb,iceberg,parquet
    Classifier: Programming Language :: Python :: 3
    Classifier: Typing :: Typed
    Requires-Python: >=3.9
    Provides-Extra: data
    Requires-Dist: pyarrow>=15; extra == "data"
    Description-Content-Type: text/markdown

    %s\
    """
        .formatted(version, readme);
  }

  private static void write(SortedMap<String, byte[]> files, Path target) throws IOException {
    try (OutputStream out = Files.newOutputStream(target);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        ZipEntry entry = new ZipEntry(file.getKey());
        entry.setTimeLocal(TIME);
        // stored, so that a zip library's version changes nothing
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(file.getValue().length);
        CRC32 crc = new CRC32();
        crc.update(file.getValue());
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(file.getValue());
        zip.closeEntry();
      }
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
