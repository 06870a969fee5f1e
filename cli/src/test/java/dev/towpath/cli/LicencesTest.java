package dev.towpath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every library on the class path has its licence in THIRD-PARTY.md. */
class LicencesTest {
  private static final Pattern JAR = Pattern.compile("(.+?)-[0-9].*\\.jar");

  /** Test libraries; the list names them together, at its end. */
  private static final Pattern NOT_SHIPPED =
      Pattern.compile(
          "junit-.*|opentest4j.*|apiguardian.*|assertj.*|byte-buddy|archunit.*|"
              + "json-schema-validator|itu|jackson-dataformat-yaml|snakeyaml");

  @Test
  void everyJarIsListed() throws IOException {
    String listed = Files.readString(Path.of("..", "THIRD-PARTY.md"));
    List<String> jars = libraries();
    assertThat(jars).contains("picocli");
    assertThat(jars)
        .allSatisfy(
            jar -> assertThat(listed).containsPattern("[|,] " + Pattern.quote(jar) + "[, ]"));
  }

  private static List<String> libraries() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(entry -> JAR.matcher(Path.of(entry).getFileName().toString()))
        .filter(Matcher::matches)
        .map(jar -> jar.group(1))
        .filter(name -> !name.startsWith("towpath-") && !NOT_SHIPPED.matcher(name).matches())
        .toList();
  }
}
