package dev.towpath.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The {@code towpath} script, in a checkout of its own whose JDK and Maven are scripts that write
 * down how they were called.
 */
class LauncherTest {
  private static final String BUILD_ENV =
      """
      towpath_build=7
      towpath_natives=natives
      towpath_jar=towpath.jar
      duckdb_jar=duckdb.jar
      """;

  @TempDir Path temp;
  private Path checkout;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void checkOut() throws IOException {
    checkout = Files.createDirectories(temp.resolve("a check out"));
    Files.copy(Path.of("..", "towpath"), checkout.resolve("towpath"));
    checkout.resolve("towpath").toFile().setExecutable(true);
    Files.writeString(checkout.resolve("pom.xml"), "<project/>");
    source("Main.java");
    jdk("jdk", "25.0.1");
    script(
        "tools/mvn",
        "echo maven $* >>../log\nmkdir -p cli/target/towpath\ncp ../build.env cli/target/towpath/\n");
    Files.writeString(temp.resolve("build.env"), BUILD_ENV);
    for (String tool :
        List.of(
            "sh", "find", "readlink", "cat", "mkdir", "rm", "mv", "cp", "sleep", "awk", "head")) {
      Files.createSymbolicLink(temp.resolve("tools").resolve(tool), which(tool));
    }
    environment.put("PATH", temp.resolve("tools").toString());
    environment.put("HOME", temp.resolve("home").toString());
    environment.put("TOWPATH_JAVA_HOME", temp.resolve("jdk").toString());
  }

  @Test
  void argumentsArriveAsTheyAre() throws Exception {
    Result result = run("query", "a  b", "*", "");
    assertThat(result.lines()).endsWith("dev.towpath.cli.Main", "query", "a  b", "*", "");
    assertThat(result.exit).isEqualTo(3);
  }

  @Test
  void buildsOnceAndAgainWhenASourceIsNewerOrGone() throws Exception {
    assertThat(run().err).contains("building " + checkout);
    assertThat(run().err).isEmpty();
    assertThat(builds()).isEqualTo(1);

    Path added = source("Added.java");
    assertThat(run().err).contains("building");
    assertThat(run().err).isEmpty();

    Files.delete(added);
    Files.setLastModifiedTime(added.getParent(), future());
    run();
    assertThat(builds()).isEqualTo(3);
  }

  @Test
  void testsAndFilesOfABuildAreNoReasonToBuild() throws Exception {
    run();
    Path test =
        Files.createDirectories(checkout.resolve("spi/src/test/java")).resolve("ATest.java");
    Files.setLastModifiedTime(Files.writeString(test, ""), future());
    run();
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void aFailedBuildShowsWhyAndRunsNothing() throws Exception {
    script(
        "tools/mvn",
        "echo '[INFO] chatter'; echo '[ERROR] Main.java:[1,2] wrong -> [Help 1]'; exit 1\n");
    Result result = run();
    assertThat(result.exit).isEqualTo(2);
    assertThat(result.err).contains("[ERROR] Main.java:[1,2] wrong\n").contains("target/build.log");
    assertThat(result.err).doesNotContain("chatter").doesNotContain("Help 1");
    assertThat(result.out).isEmpty();
    assertThat(checkout.resolve("target/building")).doesNotExist();
  }

  @Test
  void saysThatMavenIsMissing() throws Exception {
    Files.delete(temp.resolve("tools/mvn"));
    Result result = run();
    assertThat(result.exit).isEqualTo(2);
    assertThat(result.err).contains("Maven is needed").contains("Install Maven 3.8");
  }

  @Test
  void saysThatTheGivenJdkIsTooOld() throws Exception {
    jdk("jdk", "17.0.9");
    Result result = run();
    assertThat(result.exit).isEqualTo(2);
    assertThat(result.err).contains("TOWPATH_JAVA_HOME is").contains("no JDK 25 or newer");
  }

  @Test
  void passesOverAnOldJavaHomeForANewerOneOnThePath() throws Exception {
    environment.remove("TOWPATH_JAVA_HOME");
    environment.put("JAVA_HOME", jdk("old", "1.8.0_402").toString());
    Path newer = jdk("newer", "26-ea");
    Files.createSymbolicLink(temp.resolve("tools/java"), newer.resolve("bin/java"));
    assertThat(run("x").lines()).contains("jdk newer");
  }

  @Test
  void removesTheLockOfABuildThatWasKilled() throws Exception {
    Path lock = Files.createDirectories(checkout.resolve("target/building"));
    Files.writeString(lock.resolve("pid"), Long.toString(finishedProcess()));
    assertThat(run().err).contains("building").doesNotContain("waiting");
  }

  @Test
  void findsItselfThroughLinks() throws Exception {
    Path links = Files.createDirectories(temp.resolve("links"));
    Files.createSymbolicLink(links.resolve("one"), checkout.resolve("towpath"));
    Files.createSymbolicLink(links.resolve("two"), Path.of("one"));
    assertThat(start(links.resolve("two"), "x").lines()).endsWith("dev.towpath.cli.Main", "x");
    assertThat(checkout.resolve("cli/target/towpath/build.env")).exists();
  }

  @Test
  void preparesOnceThenUsesWhatItPrepared() throws Exception {
    Result first = run("check");
    assertThat(first.err).contains("preparing for quick starts");
    assertThat(first.out).contains("-XX:AOTCache=" + temp.resolve("home/.cache/towpath/aot"));
    assertThat(first.out).doesNotContain("duckdb.jar");
    assertThat(run("check").err).isEmpty();
    assertThat(log()).containsOnlyOnce("dev.towpath.cli.Prepare");
  }

  @Test
  void runsWithTheWholeJarWhereNothingCanBeKept() throws Exception {
    environment.put("HOME", Files.writeString(temp.resolve("file"), "").toString());
    Result result = run("check");
    assertThat(result.out).contains("native/duckdb.jar:").doesNotContain("AOTCache");
    assertThat(result.err).doesNotContain("preparing");
  }

  @Test
  void aReleaseNeedsNeitherMavenNorSources() throws Exception {
    Path release = Files.createDirectories(temp.resolve("towpath-1/bin")).getParent();
    Files.writeString(release.resolve("build.env"), BUILD_ENV);
    Path script = Files.copy(Path.of("..", "towpath"), release.resolve("bin/towpath"));
    script.toFile().setExecutable(true);
    Files.delete(temp.resolve("tools/mvn"));
    assertThat(start(script, "ls").lines()).contains(release + "/lib/towpath.jar").endsWith("ls");
  }

  @Test
  void onlyShortCommandsGetTheSmallJvm() throws Exception {
    assertThat(run("-C", "run", "--version").out).contains("UseSerialGC");
    assertThat(run().out).contains("UseSerialGC");
    assertThat(run("-C", "--version", "run").out).doesNotContain("UseSerialGC");
    environment.put("TOWPATH_JAVA_OPTS", "-Xmx4g -Xss1m");
    assertThat(run("run").lines()).contains("-Xmx4g", "-Xss1m");
  }

  @Test
  void onlyATerminalGetsProgressDrawn() throws Exception {
    assertThat(run("run").lines()).doesNotContain("-Dtowpath.terminal=true");
    Path script = which("script"); // of util-linux, which lends the command a terminal
    assumeThat(script).exists();
    environment.put("SHELL", "/bin/sh");
    Result watched =
        start(script, "-qec", "'" + checkout.resolve("towpath") + "' run", "/dev/null");
    assertThat(watched.out.replace("\r", "").lines()).contains("-Dtowpath.terminal=true");
  }

  private record Result(int exit, String out, String err) {
    List<String> lines() {
      return out.lines().toList();
    }
  }

  private Result run(String... arguments) throws Exception {
    return start(checkout.resolve("towpath"), arguments);
  }

  private Result start(Path script, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(script.toString()));
    command.addAll(List.of(arguments));
    Path out = temp.resolve("out");
    Path err = temp.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.directory(temp.toFile()).start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  private Path source(String name) throws IOException {
    Path folder = Files.createDirectories(checkout.resolve("engines/duckdb/src/main/java"));
    return Files.writeString(folder.resolve(name), "class X {}");
  }

  /** A JDK whose {@code java} prints its arguments, one a line, and pretends to prepare. */
  private Path jdk(String name, String version) throws IOException {
    script(
        name + "/bin/java",
        """
        case "$*" in *dev.towpath.cli.Prepare*)
          echo "$*" >>%1$s/log
          mkdir -p %1$s/home/.cache/towpath/natives
          echo >%1$s/home/.cache/towpath/natives/ready
          for word in "$@"; do
            case $word in -XX:AOTCacheOutput=*) echo cache >"${word#*=}" ;; esac
          done
          exit 0 ;;
        esac
        echo jdk %2$s
        for word in "$@"; do printf '%%s\\n' "$word"; done
        exit 3
        """
            .formatted("'" + temp + "'", name));
    script(name + "/bin/javac", "exit 1\n");
    Files.writeString(
        temp.resolve(name).resolve("release"),
        "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\nSOURCE=\"a=b\"\n");
    return temp.resolve(name);
  }

  private void script(String name, String body) throws IOException {
    Path file = temp.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + body);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private int builds() throws IOException {
    return (int) log().lines().filter(line -> line.startsWith("maven ")).count();
  }

  private String log() throws IOException {
    return Files.readString(temp.resolve("log"));
  }

  private static FileTime future() {
    return FileTime.from(Instant.now().plusSeconds(5));
  }

  private static long finishedProcess() throws Exception {
    Process process = new ProcessBuilder("sh", "-c", "exit 0").start();
    process.waitFor();
    return process.pid();
  }

  private static Path which(String tool) throws IOException {
    Process process = new ProcessBuilder("sh", "-c", "command -v " + tool).start();
    return Path.of(new String(process.getInputStream().readAllBytes(), UTF_8).strip());
  }
}
