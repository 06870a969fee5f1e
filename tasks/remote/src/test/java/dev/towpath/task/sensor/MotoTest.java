package dev.towpath.task.sensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.spi.JobRunner.Context;
import dev.towpath.spi.JobRunner.Job;
import dev.towpath.spi.S3Connection;
import dev.towpath.task.http.Exchange;
import dev.towpath.testing.MotoServer;
import java.net.ProxySelector;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Waits for objects in moto, which knows S3 by heart and none of our code. */
@Tag("integration")
class MotoTest {
  private static MotoServer moto;
  private final Map<String, Object> outputs = new TreeMap<>();

  @BeforeAll
  static void start() throws Exception {
    moto = MotoServer.start();
  }

  @AfterAll
  static void stop() {
    moto.close();
  }

  private boolean met(String secret, String object, String... more) {
    ObjectEye eye =
        new ObjectEye(
            new Exchange(ProxySelector.of(null)),
            _ ->
                new S3Connection(
                    "moto",
                    Optional.of(moto.url()),
                    S3Connection.USUAL_REGION,
                    Optional.of(new S3Connection.Keys(moto.access(), secret, Optional.empty())),
                    Optional.empty()),
            Instant::now);
    Map<String, Object> options = new TreeMap<>(Map.of("object", object));
    for (int i = 0; i < more.length; i += 2) {
      options.put(more[i], more[i + 1]);
    }
    Job job = new Job("wait", "jobs/wait.yml", Path.of("."), options, Map.of());
    return eye.sees(
        job,
        new Context(
            Map.of("TOWPATH_DUE", Instant.now().plusSeconds(3_600).toString()),
            Map.of(),
            Path.of("."),
            _ -> {},
            outputs::put));
  }

  private boolean met(String object) {
    return met(moto.secret(), object);
  }

  @Test
  void keysOfAnyKind() throws Exception {
    String[] keys = {
      "odd/2026 01.csv", "odd/a+b&c=d.csv", "odd/größe/😀.csv", "odd/%2F~*(1)'!.csv"
    };
    for (String key : keys) {
      assertThat(met("s3://lake/" + key.replace("*", "\\*"))).as(key).isFalse();
    }
    moto.put(keys);
    for (String key : keys) {
      assertThat(met("s3://lake/" + key.replace("*", "\\*"))).as(key).isTrue();
      assertThat(outputs).containsEntry("key", key);
    }
    assertThat(met("s3://lake/odd/**")).isTrue();
    assertThat(outputs).containsEntry("objects", 4L);
    assertThat(met("s3://lake/odd/*.csv")).isTrue();
    assertThat(outputs).containsEntry("objects", 3L);
  }

  @Test
  void pages() throws Exception {
    String[] keys = new String[2_100];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = "many/%04d ü.csv".formatted(i);
    }
    moto.put(keys);
    assertThat(met("s3://lake/many/*.csv")).isTrue();
    assertThat(outputs).containsEntry("key", keys[0]).containsEntry("objects", 2_100L);
    assertThat(met("s3://lake/many/20*.csv")).isTrue();
    assertThat(outputs).containsEntry("key", keys[2_000]).containsEntry("objects", 100L);
  }

  @Test
  void whatIsOldOrFresh() throws Exception {
    moto.put("times/a.csv");
    assertThat(met(moto.secret(), "s3://lake/times/*", "since", "due")).isFalse();
    assertThat(met(moto.secret(), "s3://lake/times/*", "stable_for", "1h")).isFalse();
    assertThat(met(moto.secret(), "s3://lake/times/*", "stable_for", "0s")).isTrue();
  }

  @Test
  void refusals() {
    assertThatThrownBy(() -> met("s3://none/a.csv")).hasMessageContaining("there is no bucket");
    assertThatThrownBy(() -> met("not-the-secret", "s3://lake/a.csv"))
        .hasMessageContaining("403 Forbidden: SignatureDoesNotMatch");
  }
}
