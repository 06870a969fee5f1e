package dev.towpath.core.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.spi.Location;
import dev.towpath.spi.Problem;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot stand in a folder of git: missing files, names that a file system may not tell. */
class ProjectReaderTest {
  @TempDir Path root;

  @BeforeEach
  void aProject() throws IOException {
    write("towpath.yml", "project: t\n");
  }

  @Test
  void aFolderWithoutTheProjectFileIsRefused() throws IOException {
    Files.delete(root.resolve("towpath.yml"));
    assertThatThrownBy(() -> read(Map.of()))
        .isInstanceOfSatisfying(
            TowpathException.class,
            e -> {
              assertThat(e).hasMessage("there is no towpath.yml in " + root);
              assertThat(e.hint()).hasValueSatisfying(h -> assertThat(h).contains("towpath init"));
            });
    assertThatThrownBy(
            () -> ProjectReader.read(root.resolve("nowhere"), Map.of(), StubSource.TYPES))
        .hasMessageStartingWith("there is no folder ");
  }

  @Test
  void namesThatDifferByCaseAreOneName() throws IOException {
    write("models/m/a.sql", "SELECT 1");
    write("models/m/A.SQL", "SELECT 2");
    Project project = read(Map.of());
    assertThat(project.models()).hasSize(1);
    assertThat(messages(project))
        .containsExactly("models/m/a.sql: the table \"m.a\" is already declared in models/m/A.SQL");
  }

  @Test
  void namesThatDifferByUnicodeFormAreOneName() throws IOException {
    write("models/m/é.sql", "SELECT 1");
    write("models/m/e\u0301.sql", "SELECT 2");
    write("models/M/É.sql", "SELECT 3");
    Project project = read(Map.of());
    assertThat(project.models()).hasSize(1);
    assertThat(project.problems()).hasSize(2);
  }

  @Test
  void aLinkThatLeadsNowhereIsAProblemOfThatFileOnly() throws IOException {
    write("models/m/a.sql", "SELECT 1");
    Files.createSymbolicLink(root.resolve("models/m/b.sql"), Path.of("nowhere.sql"));
    Files.createSymbolicLink(root.resolve("seeds"), Path.of("nowhere"));
    Project project = read(Map.of());
    assertThat(messages(project))
        .containsExactly("models/m/b.sql: cannot be read: the link leads nowhere");
    assertThat(project.models()).hasSize(1);
  }

  @Test
  void theProcessWinsOverTheEnvFile() throws IOException {
    write(".env", "A=file\nB='file # b'\n");
    write("sources/s.yml", "type: sqlite\npath: ${A}-${B}\ntables: {t: }\n");
    assertThat(options(read(Map.of("A", "process")))).isEqualTo("process-file # b");
    assertThat(options(read(Map.of()))).isEqualTo("file-file # b");
  }

  private static String options(Project project) {
    return project.sources().getFirst().tables().getFirst().declaration().text("path").orElse("");
  }

  @Test
  void aSecretIsInNoFingerprintAndNoProblem() throws IOException {
    String source =
        "type: sqlite\npath: ${P}\npassword: ${S}\ntables: {t: {tabel: \"${S}\"}, u: 5}\n";
    write("sources/s.yml", source);
    Project one = read(Map.of("P", "p", "S", "hunter-two"));
    Project other = read(Map.of("P", "p", "S", "something else"));
    assertThat(fingerprint(one)).isEqualTo(fingerprint(other)).hasSize(64);
    assertThat(one.problems()).hasSize(2);
    assertThat(one.problems().toString()).doesNotContain("hunter-two");
  }

  @Test
  void aReadersMessageNamesTheVariableInPlaceOfItsValue() throws IOException {
    write("sources/s.yml", "type: files\ntables: {t: {path: x, header: \"a ${S} ${T}\"}}\n");
    write("sources/u.yml", "type: files\ntables: {t: {path: x, header: \"${U}\"}}\n");
    Project project = read(Map.of("S", "hunter", "T", "hunter-two", "U", "is"));
    assertThat(project.problems().toString())
        .contains("\"a ${S} ${T}\" is no header")
        .contains("\"${U}\" is no header")
        .doesNotContain("hunter");
  }

  @Test
  void aFingerprintChangesWithWhatIsRead() throws IOException {
    String first = fingerprintOf("type: sqlite\npath: a\ntables: {t: {}}\n");
    assertThat(fingerprintOf("tables:\n  t: {description: x, tags: [y]}\npath: a\ntype: sqlite\n"))
        .isEqualTo(first);
    assertThat(fingerprintOf("type: sqlite\npath: b\ntables: {t: {}}\n")).isNotEqualTo(first);
    assertThat(fingerprintOf("type: sqlite\npath: a\ntables: {t: {table: x}}\n"))
        .isNotEqualTo(first);
    assertThat(fingerprintOf("type: sqlite\npath: a\ntables: {t: {columns: {a: int}}}\n"))
        .isNotEqualTo(first);
  }

  private String fingerprintOf(String source) throws IOException {
    write("sources/s.yml", source);
    Project project = read(Map.of());
    assertThat(project.problems()).isEmpty();
    return fingerprint(project);
  }

  private static String fingerprint(Project project) {
    return project.sources().getFirst().tables().getFirst().fingerprint();
  }

  @Test
  void offsetsInAModelsTextAreOffsetsInTheFile() throws IOException {
    String text = "\ufeff/* towpath\r\nkind: view\r\n*/\r\nSELECT\t'😀', x\r\n";
    write("models/m/a.sql", text);
    Model model = read(Map.of()).models().getFirst();
    assertThat(model.text()).isEqualTo(text.substring(1));
    assertThat(Location.at(model.file(), model.text(), model.text().indexOf('x')))
        .isEqualTo(new Location("models/m/a.sql", 4, 13));
    assertThat(model.at("kind")).isEqualTo(new Location("models/m/a.sql", 2, 1));
    assertThat(model.at("tags")).isEqualTo(new Location("models/m/a.sql", 1, 1));
  }

  @Test
  void readingTwiceGivesTheSame() throws IOException {
    for (int i = 0; i < 200; i++) {
      write("models/m/t" + i + ".sql", "/* towpath\nkind: veiw\n*/\nSELECT " + i);
    }
    assertThat(ProjectText.of(read(Map.of()))).isEqualTo(ProjectText.of(read(Map.of())));
  }

  private Project read(Map<String, String> variables) {
    return ProjectReader.read(root, variables, StubSource.TYPES);
  }

  private static List<String> messages(Project project) {
    return project.problems().stream()
        .map((Problem p) -> p.location() + ": " + p.message())
        .toList();
  }

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }
}
