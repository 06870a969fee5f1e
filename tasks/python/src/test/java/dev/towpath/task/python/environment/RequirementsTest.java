package dev.towpath.task.python.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.spi.Location;
import dev.towpath.spi.PythonPackages.Kind;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RequirementsTest {
  private static final Interpreter PYTHON =
      new Interpreter(Path.of("/usr/bin/python3"), "3.11.7", "linux-x86_64 cpython-311");

  @TempDir private Path root;

  @Test
  void aLockComesBeforeItsProjectBeforeRequirements() throws IOException {
    assertThat(read().kind()).isEqualTo(Kind.NONE);
    write("requirements.txt", "pandas\n");
    assertThat(read().kind()).isEqualTo(Kind.REQUIREMENTS);
    write("pyproject.toml", "[tool.ruff]\nline-length = 120\n");
    assertThat(read().kind()).as("settings of tools ask for nothing").isEqualTo(Kind.REQUIREMENTS);
    write("pyproject.toml", "[project]\nname = \"p\"\ndependencies = [\"pandas\"]\n");
    assertThat(read().kind()).isEqualTo(Kind.PYPROJECT);
    write("uv.lock", "version = 1\n");
    assertThat(read().kind()).isEqualTo(Kind.UV_LOCK);
    assertThat(read().files()).containsOnlyKeys("pyproject.toml", "uv.lock");
    Files.delete(root.resolve("pyproject.toml"));
    assertThatThrownBy(this::read)
        .isInstanceOf(TowpathException.class)
        .hasMessage("uv.lock stands without a pyproject.toml");
  }

  @Test
  void theKeyIsOfAllThatMatters() throws IOException {
    write("requirements.txt", "-r more/base.txt\n-c limits.txt\npandas\n");
    write("more/base.txt", "--requirement=../requirements.txt\nnumpy\n");
    write("limits.txt", "numpy<3\n");
    write("other.txt", "unused\n");
    String key = read().key(PYTHON);
    assertThat(read().files()).containsOnlyKeys("requirements.txt", "more/base.txt", "limits.txt");
    assertThat(read().key(PYTHON)).isEqualTo(key);

    write("requirements.txt", "-r more/base.txt\n-c limits.txt\n# a remark\npandas  # why\n\n");
    assertThat(read().key(PYTHON)).as("comments install nothing").isEqualTo(key);
    write("other.txt", "changed\n");
    assertThat(read().key(PYTHON)).isEqualTo(key);
    write("more/base.txt", "numpy<3\n");
    assertThat(read().key(PYTHON)).isNotEqualTo(key);
    String changed = read().key(PYTHON);
    assertThat(read().key(new Interpreter(PYTHON.executable(), "3.12.1", PYTHON.platform())))
        .isNotEqualTo(changed);
    assertThat(read().key(new Interpreter(PYTHON.executable(), PYTHON.version(), "macosx")))
        .isNotEqualTo(changed);
    assertThat(
            read()
                .key(new Interpreter(Path.of("/opt/python"), PYTHON.version(), PYTHON.platform())))
        .isEqualTo(changed);
  }

  @Test
  void placesArePackagesNotPartsOfNames() throws IOException {
    write("requirements.txt", "# pandas-stubs\npandas-stubs==1\nmy_pandas\n  Pandas[all]>=2\n");
    assertThat(read().place(List.of("pandas"))).isEqualTo(new Location("requirements.txt", 4, 3));
    assertThat(read().place(List.of("my-pandas")))
        .isEqualTo(new Location("requirements.txt", 3, 1));
    assertThat(read().place(List.of("nothing"))).isEqualTo(Location.of("requirements.txt"));
    assertThat(read().line("requirements.txt", 2))
        .isEqualTo(new Location("requirements.txt", 2, 1));
    assertThat(read().line("/tmp/x.txt", 2)).isEqualTo(Location.of("requirements.txt"));
  }

  private Requirements read() {
    return Requirements.of(root);
  }

  private void write(String name, String text) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
