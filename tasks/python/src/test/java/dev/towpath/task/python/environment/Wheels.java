package dev.towpath.task.python.environment;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Packages that tests make, so that none is fetched. */
final class Wheels {
  private Wheels() {}

  /** Writes a wheel with one module, whose {@code VERSION} tells the version. */
  static void write(Path folder, String name, String version, String... requires)
      throws IOException {
    Files.createDirectories(folder);
    String info = name + "-" + version + ".dist-info/";
    String metadata =
        "Metadata-Version: 2.1\nName: "
            + name
            + "\nVersion: "
            + version
            + "\n"
            + List.of(requires).stream()
                .map(r -> "Requires-Dist: " + r + "\n")
                .collect(Collectors.joining());
    try (OutputStream out =
            Files.newOutputStream(folder.resolve(name + "-" + version + "-py3-none-any.whl"));
        ZipOutputStream zip = new ZipOutputStream(out)) {
      put(zip, name + ".py", "VERSION = '" + version + "'\n");
      put(zip, info + "METADATA", metadata);
      put(zip, info + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
      put(
          zip,
          info + "RECORD",
          name + ".py,,\n" + info + "METADATA,,\n" + info + "WHEEL,,\n" + info + "RECORD,,\n");
    }
  }

  private static void put(ZipOutputStream zip, String name, String text) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(text.getBytes(StandardCharsets.UTF_8));
    zip.closeEntry();
  }
}
