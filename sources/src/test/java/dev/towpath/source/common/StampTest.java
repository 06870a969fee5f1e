package dev.towpath.source.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StampTest {
  @TempDir Path folder;

  private static Stamp at(String modified, String changed) {
    return new Stamp(5, Instant.parse(modified), Instant.parse(changed), "1", true, false);
  }

  @Test
  void aStampSettlesOnceTheClockHasMovedOn() {
    Stamp fine = at("2026-01-01T00:00:10.5Z", "2026-01-01T00:00:10.5Z");
    assertThat(fine.settledAt(Instant.parse("2026-01-01T00:00:10.55Z"))).isFalse();
    assertThat(fine.settledAt(Instant.parse("2026-01-01T00:00:10.7Z"))).isTrue();
    Stamp coarse = at("2026-01-01T00:00:10Z", "2026-01-01T00:00:10Z");
    assertThat(coarse.settledAt(Instant.parse("2026-01-01T00:00:12Z"))).isFalse();
    assertThat(coarse.settledAt(Instant.parse("2026-01-01T00:00:14Z"))).isTrue();
  }

  @Test
  void aTimeSetBackDoesNotSettleAFileWrittenJustNow() {
    Stamp stamp = at("2020-01-01T00:00:00.5Z", "2026-01-01T00:00:10.5Z");
    assertThat(stamp.settledAt(Instant.parse("2026-01-01T00:00:10.55Z"))).isFalse();
  }

  @Test
  void aTimeInTheFutureNeverSettles() {
    assertThat(
            at("2030-01-01T00:00:00.5Z", "2026-01-01T00:00:00.5Z")
                .settledAt(Instant.parse("2026-01-01T00:10:00Z")))
        .isFalse();
  }

  @Test
  void anUnsettledEntryMatchesNoFile() {
    Stamp stamp = at("2026-01-01T00:00:10.5Z", "2026-01-01T00:00:10.5Z");
    Instant soon = Instant.parse("2026-01-01T00:00:10.51Z");
    Instant later = Instant.parse("2026-01-01T00:00:11Z");
    assertThat(stamp.matches(stamp.entry("a", "hash", soon))).isFalse();
    assertThat(stamp.matches(stamp.entry("a", "hash", later))).isTrue();
  }

  @Test
  void aFilePutInPlaceOfAnotherHasAnotherStamp() throws Exception {
    Path file = Files.writeString(folder.resolve("a"), "one");
    Stamp before = Stamp.of(file);
    Path other = Files.writeString(folder.resolve("b"), "two");
    Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
    Files.move(other, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThat(Stamp.of(file)).isNotEqualTo(before);
    assertThat(Stamp.of(folder).directory()).isTrue();
  }
}
