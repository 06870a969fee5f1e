package dev.towpath.task.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.spi.JobRunner;
import dev.towpath.spi.Redaction;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process prints, from its pipe into its log. */
class OutputLogTest {
  private static final String SECRET = "correct horse battery staple";
  private static final Redaction REDACTION = new Redaction(Map.of(SECRET, "${KEY}"));

  @TempDir private Path folder;

  private String logged(byte[] bytes) throws IOException {
    Path file = folder.resolve("a.log");
    try (OutputLog log = new OutputLog(file, REDACTION::apply)) {
      log.print(bytes, bytes.length);
    }
    return Files.readString(file);
  }

  /** A line that is cut into parts has a secret at every place where a cut could be. */
  @Test
  void aSecretInALineWithoutEndIsMasked() throws IOException {
    String text = (SECRET + "-é-").repeat(20_000);
    String log = logged(text.getBytes(UTF_8));
    assertThat(log).doesNotContain("horse", "battery", "\uFFFD").startsWith("${KEY}-é-${KEY}-é-");
    assertThat(log.split("KEY", -1)).hasSize(20_001);
  }

  @Test
  void aLongLogIsCutInTheMiddle() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 300_000; i++) {
      text.append("line ").append(i).append('\n');
    }
    String log = logged(text.toString().getBytes(UTF_8));
    assertThat(log.length()).isBetween(1_250_000, 1_400_000);
    assertThat(log)
        .startsWith("line 0\nline 1\n")
        .containsPattern("\n\\.\\.\\. \\d+ bytes are left out here \\.\\.\\.\n")
        .endsWith("line 299998\nline 299999\n");
  }

  @Test
  void aPipeIsReadToItsEndInPartsThatAreWholeCharacters() throws IOException {
    List<String> lines = new ArrayList<>();
    List<String> parts = new ArrayList<>();
    JobRunner.Log log =
        new JobRunner.Log() {
          @Override
          public void line(String text) {
            lines.add(text);
          }

          @Override
          public void part(String text) {
            parts.add(text);
          }
        };
    String wide = "x" + "€".repeat(100_000);
    LineReader.read(
        new ByteArrayInputStream(("a\n\r\nb\rc\r\n" + wide + "\nend").getBytes(UTF_8)), log);
    assertThat(lines).startsWith("a", "", "b", "c").endsWith("end").hasSize(6);
    assertThat(parts).hasSize(4).allMatch(part -> part.length() <= 64 << 10);
    assertThat(String.join("", parts) + lines.get(4)).isEqualTo(wide);
  }
}
