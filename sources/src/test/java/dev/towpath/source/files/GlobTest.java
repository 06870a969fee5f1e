package dev.towpath.source.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.source.SourceFiles;
import dev.towpath.spi.FileScan.InputFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GlobTest {
  @TempDir Path folder;
  private Path project;

  @BeforeEach
  void files() throws IOException {
    project = folder.resolve("p");
    for (String name :
        List.of(
            "a.csv",
            "b.csv",
            "B.csv",
            ".hidden.csv",
            "a.csv.part",
            "x[1].csv",
            "d/a.csv",
            "d/e/2013-01.csv",
            "d/e/2013-02.csv",
            "d/.git/a.csv",
            "d/Ünï cöde.csv",
            "d.csv/in.txt",
            "../outside.csv")) {
      SourceFiles.write(project.resolve(name), new byte[] {1});
    }
  }

  private List<String> find(String pattern) throws IOException {
    return Glob.find(project, pattern).stream().map(InputFile::name).toList();
  }

  @Test
  void matchesOneName() throws IOException {
    assertThat(find("*.csv")).containsExactly("B.csv", "a.csv", "b.csv", "x[1].csv");
    assertThat(find("?.csv")).containsExactly("B.csv", "a.csv", "b.csv");
    assertThat(find("[ab].csv")).containsExactly("a.csv", "b.csv");
    assertThat(find("[!a].csv")).containsExactly("B.csv", "b.csv");
    assertThat(find("{a,B}.csv")).containsExactly("B.csv", "a.csv");
    assertThat(find("d/e/2013-0[1-9].csv")).hasSize(2);
    assertThat(find(".h*")).containsExactly(".hidden.csv");
    assertThat(find("d/Ü*.csv")).containsExactly("d/Ünï cöde.csv");
  }

  @Test
  void matchesFolders() throws IOException {
    assertThat(find("**/*.csv"))
        .containsExactly(
            "B.csv",
            "a.csv",
            "b.csv",
            "d/a.csv",
            "d/e/2013-01.csv",
            "d/e/2013-02.csv",
            "d/Ünï cöde.csv",
            "x[1].csv");
    assertThat(find("d/**/2013-01.csv")).containsExactly("d/e/2013-01.csv");
    assertThat(find("d/**")).hasSize(4);
    assertThat(find("*/a.csv")).containsExactly("d/a.csv");
    assertThat(find("*/*/2013*")).hasSize(2);
  }

  @Test
  void takesANameWithBracketsAsItStands() throws IOException {
    assertThat(find("x[1].csv")).containsExactly("x[1].csv");
  }

  @Test
  void mayLeadOutOfTheProject() throws IOException {
    assertThat(find("../outside.csv")).containsExactly("../outside.csv");
    assertThat(find("../*.csv")).containsExactly("../outside.csv");
    assertThat(find(project.resolve("a.csv").toString())).containsExactly("a.csv");
    assertThat(find(project.resolve("d") + "/*.csv")).contains("d/a.csv");
    assertThat(find("./d/../a.csv")).containsExactly("a.csv");
  }

  @Test
  void followsLinksButNotInCircles() throws IOException {
    Files.createSymbolicLink(project.resolve("d/e/up"), project.resolve("d"));
    Files.createSymbolicLink(project.resolve("link.csv"), project.resolve("a.csv"));
    assertThat(find("link.*")).containsExactly("link.csv");
    assertThat(find("d/**/a.csv")).containsExactly("d/a.csv");
    assertThat(find("d/e/up/a.csv")).containsExactly("d/e/up/a.csv");
  }

  @Test
  void findsNothingWithoutFailing() throws IOException {
    assertThat(find("nowhere/*.csv")).isEmpty();
    assertThat(find("a.csv/*")).isEmpty();
    assertThat(find("nowhere.csv")).isEmpty();
  }
}
