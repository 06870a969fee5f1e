package dev.towpath.task.python.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchTest {
  @TempDir private Path folder;

  @Test
  void theFirstOnThePathThatIsNewEnough() throws IOException {
    python("old/python3", "3.8.18");
    python("new/python3", "3.12.1");
    python("newer/python3", "3.13.0");
    Interpreter found = search("old", "none", "new", "newer").python(true);
    assertThat(found.version()).isEqualTo("3.12.1");
    assertThat(found.executable()).isEqualTo(folder.resolve("new/python3"));
    assertThat(found.platform()).isEqualTo("linux-x86_64 cpython");

    assertThatThrownBy(() -> search("old").python(true))
        .hasMessage(
            "python3 is Python 3.8.18 (" + folder.resolve("old/python3") + "), which is too old");
    assertThatThrownBy(() -> search("none").python(true))
        .isInstanceOf(TowpathException.class)
        .hasMessage("there is no Python on the PATH");
  }

  @Test
  void theProjectsOwnIfItIsWanted() throws IOException {
    python("bin/python3", "3.12.1");
    python(".venv/bin/python", "3.10.2");
    assertThat(search("bin").python(true).version()).isEqualTo("3.10.2");
    assertThat(search("bin").python(false).version()).isEqualTo("3.12.1");
  }

  @Test
  void aBrokenOneOfTheProjectIsTold() throws IOException {
    python("bin/python3", "3.12.1");
    Files.createDirectories(folder.resolve(".venv/bin"));
    assertThatThrownBy(() -> search("bin").python(true))
        .isInstanceOf(TowpathException.class)
        .hasMessage("the project's .venv has no bin/python that runs");
    assertThat(search("bin").python(false).version()).isEqualTo("3.12.1");
    Files.createSymbolicLink(folder.resolve(".venv/bin/python"), folder.resolve("gone/python3"));
    assertThatThrownBy(() -> search("bin").python(true)).hasMessageContaining(".venv");
  }

  @Test
  void theOneThatIsNamedComesFirst() throws IOException {
    python("bin/python3", "3.12.1");
    python(".venv/bin/python", "3.10.2");
    python("named/py", "3.9.0");
    script("named/broken", "echo no; exit 1");
    assertThat(named("named/py").python(true).version()).isEqualTo("3.9.0");
    assertThat(named("python3").python(true).version()).isEqualTo("3.12.1");
    assertThatThrownBy(() -> named("named/nothing").python(true))
        .hasMessage("TOWPATH_PYTHON is named/nothing, which is no program");
    assertThatThrownBy(() -> named("named/broken").python(true))
        .hasMessageContaining("which is no Python that runs");
  }

  private Known known() {
    return new Known(folder.resolve("known"));
  }

  private Search search(String... folders) {
    return new Search(Map.of("PATH", String.join(":", folders)), folder, known());
  }

  private Search named(String program) {
    return new Search(Map.of("PATH", "bin", "TOWPATH_PYTHON", program), folder, known());
  }

  @Test
  void aProgramIsAskedOnceAndAScriptEachTime() throws IOException {
    Path real = Interpreter.of(Path.of("python3"), "python3", folder).executable();
    Path link =
        Files.createSymbolicLink(
            Files.createDirectories(folder.resolve("link")).resolve("python3"), real);
    Interpreter asked = known().interpreter(link, "python3", folder);
    try (java.util.stream.Stream<Path> files = Files.list(folder.resolve("known"))) {
      assertThat(files).hasSize(1);
    }
    assertThat(known().interpreter(link, "python3", folder)).isEqualTo(asked);

    python("shim/python3", "3.12.1");
    assertThat(search("shim").python(true).version()).isEqualTo("3.12.1");
    python("shim/python3", "3.13.1");
    assertThat(search("shim").python(true).version()).isEqualTo("3.13.1");
  }

  private void python(String file, String version) throws IOException {
    script(file, "echo shim says hello; echo " + version + "; echo linux-x86_64 cpython; echo $0");
  }

  private void script(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + text + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
