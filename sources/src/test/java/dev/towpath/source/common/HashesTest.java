package dev.towpath.source.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.spi.CancelledException;
import dev.towpath.spi.TowpathException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HashesTest {
  @TempDir Path folder;

  @Test
  void isTheHashOfTheContent() throws Exception {
    Path file = Files.writeString(folder.resolve("a"), "abc");
    assertThat(Hashes.sha256(file))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }

  @Test
  void stopsWhenInterrupted() throws Exception {
    Path file = Files.writeString(folder.resolve("a"), "abc");
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> Hashes.sha256(file)).isInstanceOf(CancelledException.class);
    assertThat(Thread.interrupted()).isTrue();
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> Hashes.forAll(List.of(1, 2, 3), n -> n))
        .isInstanceOf(CancelledException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void keepsTheOrderAndPassesTheFirstFailureOn() {
    List<Integer> numbers = IntStream.range(0, 500).boxed().toList();
    assertThat(Hashes.forAll(numbers, n -> n + 1))
        .isEqualTo(IntStream.range(1, 501).boxed().toList());
    assertThatThrownBy(() ->
            Hashes.forAll(
                numbers,
                n -> {
                  if (n == 77) {
                    throw new TowpathException("seventy-seven");
                  }
                  return n;
                }))
        .isInstanceOf(TowpathException.class)
        .hasMessage("seventy-seven");
  }
}
