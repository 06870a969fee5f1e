package dev.towpath.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A metadata store or a lake that somebody damaged. */
@Tag("integration")
class DamageTest {
  private static final String COUNT = "SELECT count(*) AS n, max(amount) AS m FROM raw.orders";

  @TempDir private Path folder;
  private Cli project = Cli.in(Path.of(""));
  private Path store = Path.of("");

  @BeforeEach
  void published() throws IOException {
    project = Small.in(folder);
    project.here().run("run").good();
    store = folder.resolve(".towpath/metadata.db");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cut short", "random", "a picture"})
  void aDamagedStoreIsRestored(String how) throws IOException {
    switch (how) {
      case "cut short" -> cut(store, 5000);
      case "random" -> {
        byte[] bytes = new byte[50_000];
        new Random(1).nextBytes(bytes);
        Files.write(store, bytes);
      }
      default -> Files.write(store, new byte[] {(byte) 0x89, 'P', 'N', 'G', 1, 2, 3});
    }
    for (String[] command :
        new String[][] {{"run"}, {"plan"}, {"releases"}, {"query", COUNT}, {"gc"}, {"restore"}}) {
      project.run(command).ends(1).tells(store + " is damaged", "hint:", "towpath restore");
    }
    Files.move(store, folder.resolve("away"));
    comesBack();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gone", "empty"})
  void aLostStoreIsNotTakenForANewOne(String how) throws IOException {
    Files.delete(store);
    if (how.equals("empty")) {
      Files.createFile(store);
    }
    for (String[] command : new String[][] {{"plan"}, {"releases"}, {"query", COUNT}, {"run"}}) {
      project.run(command).ends(1).tells("metadata.db is", "towpath restore");
    }
    comesBack();
  }

  private void comesBack() {
    assertThat(project.run("restore").good().out()).contains("dev is at release 1 again");
    assertThat(project.run("run").good().out()).contains("nothing is stale");
    assertThat(Small.number(project, Small.DIFFERENCE)).isEqualTo("0");
    new Audit(folder).holdsWhatItReaches();
  }

  @Test
  void aNewerStoreIsLeftAlone() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(store.toFile(), "rw")) {
      file.seek(60); // user_version
      file.writeInt(99);
    }
    byte[] before = Files.readAllBytes(store);
    for (String[] command : new String[][] {{"run"}, {"releases"}, {"query", COUNT}, {"gc"}}) {
      project.run(command).ends(1).tells("has version 99", "hint: use the towpath that wrote it");
    }
    assertThat(Files.readAllBytes(store)).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lost", "empty", "cut short"})
  void aDataFileThatIsGoneOrDamagedIsMadeAnew(String how) throws IOException {
    Path file = only("ones", ".parquet");
    switch (how) {
      case "lost" -> Files.delete(file);
      case "empty" -> Files.write(file, new byte[0]);
      default -> cut(file, Files.size(file) - 20);
    }
    project
        .run("query", "SELECT sum(n) AS n FROM marts.ones")
        .ends(1)
        .tells(file.toString(), how.equals("lost") ? "is missing" : "is damaged", "--full");
    project.run("run", "--full", "marts.ones").good();
    assertThat(Small.number(project, Small.DIFFERENCE)).isEqualTo("0");
  }

  @ParameterizedTest
  @ValueSource(strings = {".metadata.json", "-list.avro"})
  void lostMetadataOfATableIsMadeAnew(String ending) throws IOException {
    Path file = only("ones", ending);
    Path away = folder.resolve("away");
    Files.move(file, away);
    project.run("query", "SELECT n FROM marts.ones").ends(1).tells(file + " is missing", "--full");
    Files.writeString(file, "{");
    project.run("query", "SELECT n FROM marts.ones").ends(1).tells("is damaged", "--full");
    Files.delete(file);
    project.run("run", "--full", "marts.ones").good().tells("is missing; marts.ones is built");
    assertThat(Small.number(project, Small.DIFFERENCE)).isEqualTo("0");
    if (ending.endsWith("json")) {
      project.run("gc", "--grace", "0").good();
      assertThat(Small.number(project, Small.DIFFERENCE)).isEqualTo("0");
    }
  }

  private static void cut(Path file, long length) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.setLength(length);
    }
  }

  private Path only(String table, String ending) throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve(".towpath/lake/tables/marts"))) {
      return files
          .filter(f -> f.toString().contains(table) && f.toString().endsWith(ending))
          .findFirst()
          .orElseThrow()
          .toRealPath();
    }
  }
}
