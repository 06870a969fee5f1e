package dev.towpath.task.python.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.towpath.spi.CancelledException;
import dev.towpath.spi.TowpathException;
import dev.towpath.testing.Venv;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Environments are built by the real pip and uv, from wheels that the tests make. */
@Tag("integration")
class ProjectPythonTest {
  private static final String LOCAL = "--no-index\n--find-links wheels\n";

  @TempDir private Path folder;
  private Path root;
  private Path cache;
  private final List<String> said = Collections.synchronizedList(new ArrayList<>());

  @BeforeEach
  void project() throws IOException {
    root = Files.createDirectories(folder.resolve("project"));
    cache = folder.resolve("cache");
    Wheels.write(root.resolve("wheels"), "alpha", "1.0");
    Wheels.write(root.resolve("wheels"), "alpha", "2.0");
    Wheels.write(root.resolve("wheels"), "beta", "1.0", "alpha<2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pip", "uv"})
  void isBuiltOnceForItsContent(String tool) throws Exception {
    requirements("beta\n");
    assertThat(python(tool).ready()).isEmpty();
    Path python = python(tool).python();
    assertThat(version(python, "alpha")).isEqualTo("1.0");
    assertThat(said.getFirst())
        .startsWith("installing the packages of requirements.txt with " + tool);
    assertThat(said)
        .anyMatch(l ->
            l.contains(
                tool.equals("pip")
                    ? "installing collected packages: alpha, beta"
                    : "installed 2 packages"));

    said.clear();
    assertThat(python(tool).ready()).contains(python);
    assertThat(python(tool).python()).isEqualTo(python);
    assertThat(said).isEmpty();

    requirements("alpha\n");
    Path other = python(tool).python();
    assertThat(version(other, "alpha")).isEqualTo("2.0");
    requirements("beta\n");
    assertThat(python(tool).ready()).as("the first is kept").contains(python);
  }

  @Test
  void withoutFilesThePythonIsUsedAsItIs() throws Exception {
    ProjectPython python = python("pip");
    assertThat(python.ready()).contains(python.forParsing());
    assertThat(python.python()).isEqualTo(python.forParsing());
    assertThat(said).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"pip", "uv"})
  void aPackageThatDoesNotExist(String tool) throws Exception {
    requirements("alpha\nno-such-package==1.0\n");
    TowpathException failed = failed(tool);
    assertThat(failed.problems()).hasSize(1);
    assertThat(failed.problems().getFirst().toString())
        .startsWith("requirements.txt:4:1: " + tool + " found no package \"no-such-package")
        .contains("hint: check how its name is written");
    try (Stream<Path> left = Files.list(cache.resolve("python"))) {
      assertThat(left.filter(Files::isDirectory).map(f -> f.getFileName().toString()))
          .noneMatch(name -> name.startsWith("env-"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pip", "uv"})
  void aVersionThatDoesNotExist(String tool) throws Exception {
    requirements("alpha==3.0\n");
    assertThat(failed(tool).problems().getFirst().toString())
        .startsWith("requirements.txt:3:1: " + tool + " found no version \"alpha==3.0\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pip", "uv"})
  void versionsThatConflict(String tool) throws Exception {
    requirements("alpha==2.0\nbeta==1.0\n");
    assertThat(failed(tool).problems().getFirst().toString())
        .startsWith("requirements.txt:")
        .contains("its packages cannot be installed together: ")
        .contains("beta")
        .contains("alpha<2")
        .contains("hint: loosen one of the versions");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pip", "uv"})
  void noNetwork(String tool) throws Exception {
    Files.writeString(root.resolve("requirements.txt"), "# first\nsome-package==1.0\n");
    String index = "http://user:secret@127.0.0.1:" + closedPort() + "/simple";
    Map<String, String> variables = variables(tool);
    variables.put("PIP_INDEX_URL", index);
    variables.put("UV_INDEX_URL", index);
    variables.put("PIP_RETRIES", "1"); // it says nothing of a connection that it tries once
    variables.put("UV_HTTP_RETRIES", "0");
    TowpathException failed = failed(variables);
    assertThat(failed.problems().getFirst().toString())
        .startsWith("requirements.txt")
        .contains("cannot be had: no package index can be reached")
        .contains("hint: connect to the network once")
        .doesNotContain("secret")
        .doesNotContain("127.0.0.1");
    assertThat(said).noneMatch(l -> l.contains("127.0.0.1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"pip", "uv"})
  void noNetworkThatIsTriedOnce(String tool) throws Exception {
    Files.writeString(root.resolve("requirements.txt"), "# first\nsome-package==1.0\n");
    String index = "http://127.0.0.1:" + closedPort() + "/simple";
    Map<String, String> variables = variables(tool);
    variables.put("PIP_INDEX_URL", index);
    variables.put("UV_INDEX_URL", index);
    variables.put("PIP_RETRIES", "0");
    variables.put("UV_HTTP_RETRIES", "0");
    assertThat(failed(variables).problems().getFirst().toString())
        .startsWith("requirements.txt:2:1: \"some-package")
        .contains("no package index can be reached");
  }

  @Test
  void anIndexThatIsNotTrusted() throws Exception {
    Files.writeString(root.resolve("requirements.txt"), "\nsome-package\n");
    Map<String, String> variables = variables("pip");
    variables.put("PIP_INDEX_URL", "http://example.invalid/simple");
    assertThat(failed(variables).problems().getFirst().toString())
        .startsWith("requirements.txt:2:1: \"some-package\" cannot be had: the package index is")
        .contains("PIP_TRUSTED_HOST");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pip", "uv"})
  void aFolderThatIsNotThere(String tool) throws Exception {
    requirements("alpha\n./nolib\n-e ./other[extra]\n");
    assertThat(failed(tool).problems().stream().map(p -> p.location() + " " + p.message()))
        .containsExactly(
            "requirements.txt:4:1 there is no ./nolib", "requirements.txt:5:4 there is no ./other");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pip", "uv"})
  void signsThatAreNoRequirement(String tool) throws Exception {
    requirements("alpha\n???\n");
    assertThat(failed(tool).problems().getFirst().toString())
        .startsWith("requirements.txt:4:1: \"???\" is no requirement");
  }

  /** Both tools say the same, at the same place. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          dependencies = "alpha"                      | 4:1: "dependencies" must be a list of texts
          dependencies = ["alpha"                     | 4:24: this is no TOML: Unclosed array
          dependencies = ["alpha", "???"]             | 4:26: "???" is no requirement
          dependencies = ["alpha =>1"]                | 4:17: "alpha =>1" is no requirement
          requires-python = ">=3.99"                  | 4:1: the project asks for Python >=3.99, and this is 3.
          requires-python = ">=3.8,!=3.*"             | 4:1: the project asks for Python >=3.8,!=3.*, and this
          """)
  void aProjectFileThatCannotBeInstalled(String line, String message) throws Exception {
    Files.writeString(
        root.resolve("pyproject.toml"), "[project]\nname = \"p\"\nversion = \"0\"\n" + line + "\n");
    for (String tool : List.of("pip", "uv")) {
      assertThat(failed(tool).problems().getFirst().toString())
          .as(tool)
          .startsWith("pyproject.toml:" + message);
    }
    assertThat(said).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"pip", "uv"})
  void aLockThatIsNone(String tool) throws Exception {
    Files.writeString(
        root.resolve("pyproject.toml"),
        "[project]\nname = \"p\"\nversion = \"0\"\ndependencies = [\"alpha\"]\n");
    Files.writeString(root.resolve("uv.lock"), "garbage [\n");
    assertThat(failed(tool).problems().getFirst().toString())
        .startsWith("uv.lock:1:9: this is no TOML: ")
        .contains("hint: uv lock writes it anew");
  }

  /** What is installed would not be what the file asks for. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "alpha>=1", "beta" | old
          "alpha>=2"         | old
          "alpha"            | old
          "Alpha >= 1"       | good
          "alpha>=1; python_version>'3'" | good
          """)
  void aLockThatIsOlderThanItsProjectFile(String dependencies, String state) throws Exception {
    Files.writeString(
        root.resolve("pyproject.toml"),
        "[project]\nname = \"p\"\nversion = \"0\"\ndependencies = [" + dependencies + "]\n");
    Files.writeString(
        root.resolve("uv.lock"),
        """
        version = 1
        [[package]]
        name = "alpha"
        version = "1.0"
        source = { registry = "x" }
        [[package]]
        name = "p"
        version = "0"
        source = { virtual = "." }
        [package.metadata]
        requires-dist = [{ name = "alpha", specifier = ">=1" }]
        """);
    Map<String, String> variables = variables("pip");
    variables.put("PIP_NO_INDEX", "1");
    variables.put("PIP_FIND_LINKS", root.resolve("wheels").toString());
    if (state.equals("good")) {
      assertThat(version(python(variables).python(), "alpha")).isEqualTo("1.0");
      assertThat(said.getFirst()).startsWith("installing the packages of uv.lock with pip");
    } else {
      assertThat(failed(variables).problems().getFirst().toString())
          .startsWith("uv.lock:1:1: uv.lock is older than pyproject.toml")
          .contains("hint: bring it up to date: uv lock");
    }
  }

  @Test
  void aPackageThatDoesNotBuild() throws Exception {
    Path source = Files.createDirectories(root.resolve("broken"));
    Files.writeString(source.resolve("setup.py"), "raise RuntimeError('a compiler is needed')\n");
    Files.writeString(
        source.resolve("pyproject.toml"),
        "[build-system]\nrequires = []\nbackend-path = ['.']\nbuild-backend = 'setup'\n");
    requirements("./broken\n");
    assertThat(failed("pip").problems().getFirst().toString())
        .startsWith("requirements.txt")
        .contains("does not install: RuntimeError: a compiler is needed");
  }

  @Test
  void aLineThatIsNoRequirement() throws Exception {
    requirements("alpha\nalpha beta\n");
    assertThat(failed("pip").problems().getFirst().toString())
        .startsWith("requirements.txt:4:1: \"alpha beta\" is no requirement");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pip", "uv"})
  void aProjectFile(String tool) throws Exception {
    Files.writeString(
        root.resolve("pyproject.toml"),
        """
        [project]
        name = "p"
        version = "0"
        dependencies = ["beta"]
        """);
    Map<String, String> variables = variables(tool);
    variables.put("PIP_NO_INDEX", "1");
    variables.put("PIP_FIND_LINKS", root.resolve("wheels").toString());
    variables.put("UV_NO_INDEX", "1");
    variables.put("UV_FIND_LINKS", root.resolve("wheels").toString());
    assertThat(version(python(variables).python(), "alpha")).isEqualTo("1.0");
  }

  @Test
  void theVersionsOfALockWithoutUv() throws Exception {
    Files.writeString(
        root.resolve("pyproject.toml"),
        "[project]\nname = \"p\"\nversion = \"0\"\ndependencies = [\"alpha\"]\n");
    Files.writeString(
        root.resolve("uv.lock"),
        """
        version = 1
        [[package]]
        name = "alpha"
        version = "1.0"
        source = { registry = "x" }
        [[package]]
        name = "p"
        version = "0"
        source = { virtual = "." }
        """);
    Map<String, String> variables = variables("pip");
    variables.put("PIP_NO_INDEX", "1");
    variables.put("PIP_FIND_LINKS", root.resolve("wheels").toString());
    assertThat(version(python(variables).python(), "alpha")).isEqualTo("1.0");
  }

  /** It is uv's own sync that reads it: a newer version that has come since stays out. */
  @Test
  void theVersionsOfALockWithUv() throws Exception {
    Files.writeString(
        root.resolve("pyproject.toml"),
        """
        [project]
        name = "p"
        version = "0"
        requires-python = ">=3.9"
        dependencies = ["alpha"]
        """);
    Map<String, String> variables = variables("uv");
    variables.put("UV_NO_INDEX", "1");
    variables.put("UV_FIND_LINKS", root.resolve("wheels").toString());
    try (Stream<Path> wheels = Files.list(root.resolve("wheels"))) {
      for (Path wheel : wheels.filter(w -> w.toString().contains("alpha-2.0")).toList()) {
        Files.delete(wheel);
      }
    }
    ProcessBuilder lock =
        new ProcessBuilder(
                Venv.with(List.of("uv==0.13.8")).python().resolveSibling("uv").toString(), "lock")
            .directory(root.toFile())
            .inheritIO();
    lock.environment().putAll(variables);
    assertThat(lock.start().waitFor()).isZero();
    assertThat(root.resolve("uv.lock")).content().contains("name = \"alpha\"");
    Wheels.write(root.resolve("wheels"), "alpha", "2.0");

    assertThat(version(python(variables).python(), "alpha")).isEqualTo("1.0");
    assertThat(said.getFirst()).startsWith("installing the packages of uv.lock with uv");

    Files.writeString(
        root.resolve("pyproject.toml"),
        Files.readString(root.resolve("pyproject.toml")).replace("[\"alpha\"]", "[\"alpha>=2\"]"));
    assertThat(failed(variables).problems().getFirst().toString())
        .startsWith("uv.lock:1:1: uv.lock is older than pyproject.toml");
  }

  @ParameterizedTest
  @ValueSource(strings = {"# nothing\n", ""})
  void noPackagesAreAnEnvironmentToo(String text) throws Exception {
    Files.writeString(root.resolve("requirements.txt"), text);
    assertThat(python("pip").python()).startsWithRaw(cache);
  }

  @Test
  void aBrokenOneIsBuiltAgain() throws Exception {
    requirements("beta\n");
    Path python = python("pip").python();
    Path environment = python.getParent().getParent();
    Path site;
    try (Stream<Path> paths = Files.walk(environment)) {
      site = paths.filter(p -> p.endsWith("site-packages")).findFirst().orElseThrow();
    }
    Files.delete(site.resolve("alpha.py"));
    assertThat(python("pip").ready()).isEmpty();
    assertThat(version(python("pip").python(), "alpha")).isEqualTo("1.0");

    Files.delete(python);
    Files.createSymbolicLink(python, folder.resolve("an/interpreter/that/was/removed"));
    assertThat(python("pip").ready()).isEmpty();
    assertThat(version(python("pip").python(), "alpha")).isEqualTo("1.0");

    Files.delete(environment.resolve("towpath-complete")); // killed before the end
    said.clear();
    assertThat(version(python("pip").python(), "alpha")).isEqualTo("1.0");
    assertThat(said).isNotEmpty();
  }

  @Test
  void threadsAndProcessesBuildItOnce() throws Exception {
    requirements("beta\n");
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      processes.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  ProjectPythonTest.class.getName(),
                  root.toString(),
                  cache.toString())
              .redirectError(folder.resolve("error" + i).toFile())
              .redirectOutput(folder.resolve("out" + i).toFile())
              .start());
    }
    List<Path> made = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Path>> all = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        all.add(threads.submit(() -> python("pip").python()));
      }
      for (Future<Path> one : all) {
        made.add(one.get());
      }
    }
    List<String> lines = new ArrayList<>(said);
    for (int i = 0; i < 2; i++) {
      assertThat(processes.get(i).waitFor(5, TimeUnit.MINUTES)).isTrue();
      assertThat(processes.get(i).exitValue())
          .as(Files.readString(folder.resolve("error" + i)))
          .isZero();
      lines.addAll(Files.readAllLines(folder.resolve("out" + i)));
    }
    assertThat(made).containsOnly(made.getFirst());
    assertThat(lines).filteredOn(l -> l.startsWith("installing the packages")).hasSize(1);
    assertThat(version(made.getFirst(), "alpha")).isEqualTo("1.0");
  }

  @Test
  void anInterruptLeavesNothing() throws Exception {
    ProjectPython interrupted = python("pip");
    requirements("beta\n");
    List<Throwable> ended = Collections.synchronizedList(new ArrayList<>());
    Thread thread =
        Thread.ofPlatform()
            .start(() -> {
              try {
                interrupted.python();
              } catch (CancelledException e) {
                ended.add(e);
              }
            });
    while (said.isEmpty()) {
      Thread.sleep(10);
    }
    thread.interrupt();
    thread.join();
    assertThat(ended).hasSize(1);
    assertThat(version(python("pip").python(), "alpha")).isEqualTo("1.0");
  }

  @Test
  void aFolderThatCannotBeWritten() throws Exception {
    requirements("alpha\n");
    Files.writeString(folder.resolve("cache"), "a file");
    assertThatThrownBy(() -> python("pip").python())
        .isInstanceOf(TowpathException.class)
        .hasMessageContaining("cannot");
  }

  /** Another process: builds the environment, and prints what it is told. */
  public static void main(String[] args) {
    new ProjectPython(
            Path.of(args[0]), Path.of(args[1]), withoutUv(), line -> System.out.println(line))
        .python();
  }

  private void requirements(String lines) throws IOException {
    Files.writeString(root.resolve("requirements.txt"), LOCAL + lines);
  }

  private TowpathException failed(String tool) throws Exception {
    return failed(variables(tool));
  }

  private TowpathException failed(Map<String, String> variables) {
    TowpathException failed =
        catchThrowableOfType(TowpathException.class, () -> python(variables).python());
    assertThat(failed).isNotNull();
    return failed;
  }

  private ProjectPython python(String tool) throws Exception {
    return python(variables(tool));
  }

  private ProjectPython python(Map<String, String> variables) {
    return new ProjectPython(root, cache, variables, said::add);
  }

  private static Map<String, String> variables(String tool) throws Exception {
    Map<String, String> variables = new HashMap<>(withoutUv());
    if (tool.equals("uv")) {
      Path bin = Venv.with(List.of("uv==0.13.8")).python().getParent();
      // its folder alone: beside it is a Python of its own
      Path only = Files.createTempDirectory("uv");
      Files.createSymbolicLink(only.resolve("uv"), bin.resolve("uv"));
      variables.merge("PATH", only.toString(), (path, more) -> path + ":" + more);
    }
    return variables;
  }

  private static Map<String, String> withoutUv() {
    Map<String, String> variables = new HashMap<>(System.getenv());
    List<String> folders = new ArrayList<>(List.of(variables.get("PATH").split(":")));
    folders.removeIf(f -> Files.exists(Path.of(f, "uv")));
    variables.put("PATH", String.join(":", folders));
    return variables;
  }

  private static int closedPort() throws IOException {
    try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static String version(Path python, String module) throws Exception {
    Process process =
        new ProcessBuilder(
                python.toString(), "-c", "import " + module + "; print(" + module + ".VERSION)")
            .redirectErrorStream(true)
            .start();
    String out =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    process.waitFor();
    return out;
  }
}
