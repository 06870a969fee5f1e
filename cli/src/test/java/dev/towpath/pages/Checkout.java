package dev.towpath.pages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.cli.Towpath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A folder in which the commands of a page can be typed: examples, and a {@code ./towpath}. */
final class Checkout {
  private final Path folder;
  private final Map<String, String> environment;

  /** What a script printed on its two outputs. */
  record Said(String out, String err) {}

  /** Copies an example and what else is named, by paths in the repository. */
  Checkout(Path folder, Map<String, String> environment, String... paths) throws IOException {
    this.folder = folder;
    this.environment = environment;
    for (String path : paths) {
      Towpath.copy(Path.of("..", path), Files.createDirectories(folder.resolve(path)));
    }
    Path script = folder.resolve("towpath");
    Files.writeString(
        script,
        """
        #!/bin/sh
        exec '%s' --enable-native-access=ALL-UNNAMED -cp '%s' dev.towpath.cli.Main "$@"
        """
            .formatted(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                System.getProperty("java.class.path")));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  /** Types some lines into a shell, which ends at the first that fails. */
  Said type(String lines) throws IOException, InterruptedException {
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    ProcessBuilder shell =
        new ProcessBuilder(List.of("bash", "-euc", lines))
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    shell.environment().putAll(environment);
    Process process = shell.start();
    process.getOutputStream().close();
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).as(lines).isTrue();
    Said said = new Said(Files.readString(out, UTF_8), Files.readString(err, UTF_8));
    assertThat(process.exitValue()).as("%s\n%s%s", lines, said.out, said.err).isZero();
    return said;
  }
}
