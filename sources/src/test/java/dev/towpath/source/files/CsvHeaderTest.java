package dev.towpath.source.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.source.SourceFiles;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvHeaderTest {
  @TempDir Path folder;

  private Optional<List<String>> header(String text, String... options) throws IOException {
    return header(text, StandardCharsets.UTF_8, options);
  }

  private Optional<List<String>> header(String text, Charset charset, String... options)
      throws IOException {
    Map<String, String> map =
        new HashMap<>(Map.of("delimiter", ",", "quote", "\"", "escape", "\""));
    for (int i = 0; i < options.length; i += 2) {
      map.put(options[i], options[i + 1]);
    }
    return CsvHeader.read(
        SourceFiles.write(folder.resolve("a.csv"), text.getBytes(charset)), charset, map);
  }

  @Test
  void plain() throws IOException {
    assertThat(header("a,b,c\n1,2,3\n")).contains(List.of("a", "b", "c"));
    assertThat(header("a,b,c\r\n1,2,3")).contains(List.of("a", "b", "c"));
    assertThat(header("a,b\r1,2")).contains(List.of("a", "b"));
    assertThat(header("a,b")).contains(List.of("a", "b"));
    assertThat(header(" a , b c,\n")).contains(List.of("a", "b c", ""));
    assertThat(header("\uFEFFa,b\n")).contains(List.of("a", "b"));
  }

  @Test
  void quoted() throws IOException {
    assertThat(header("\"a,b\",\"c\"\"d\",\" e \"\n")).contains(List.of("a,b", "c\"d", " e "));
    assertThat(header("\"a\nb\",c\n")).contains(List.of("a\nb", "c"));
    assertThat(header("'a\\'b',c\n", "quote", "'", "escape", "\\")).contains(List.of("a'b", "c"));
    assertThat(header("\"never closed,b\n1,2\n")).isEmpty();
  }

  @Test
  void whatStandsBefore() throws IOException {
    assertThat(header("made by x\r\n\r\na;b\n", "skip", "2", "delimiter", ";"))
        .contains(List.of("a", "b"));
    assertThat(header("# one\n#two\na,b\n", "comment", "#")).contains(List.of("a", "b"));
  }

  @Test
  void encodings() throws IOException {
    assertThat(header("ä,ö\n", StandardCharsets.ISO_8859_1)).contains(List.of("ä", "ö"));
    assertThat(header("ä,ö\n", StandardCharsets.UTF_16)).contains(List.of("ä", "ö"));
  }

  @Test
  void nothingOrTooMuch() throws IOException {
    assertThat(header("")).isEmpty();
    assertThat(header("\n\n")).isEmpty();
    assertThat(header("x".repeat(3 << 20))).isEmpty();
  }
}
