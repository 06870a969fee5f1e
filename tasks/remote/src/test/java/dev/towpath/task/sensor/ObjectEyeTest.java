package dev.towpath.task.sensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.spi.JobRunner.Context;
import dev.towpath.spi.JobRunner.Job;
import dev.towpath.spi.S3Connection;
import dev.towpath.spi.TowpathException;
import dev.towpath.task.http.Exchange;
import dev.towpath.task.http.Web;
import dev.towpath.task.objects.Store;
import java.io.IOException;
import java.net.ProxySelector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Waits for objects of a store that checks signatures itself. */
class ObjectEyeTest {
  private final Web web = new Web();
  private final Store store = new Store();
  private final Map<String, Object> outputs = new TreeMap<>();
  private Instant now = Instant.now();
  private Optional<S3Connection.Keys> keys =
      Optional.of(new S3Connection.Keys(Store.ACCESS, Store.SECRET, Optional.empty()));
  private String region = Store.REGION;
  private String endpoint = web.url("");
  private final ObjectEye eye =
      new ObjectEye(
          new Exchange(ProxySelector.of(null)),
          _ -> new S3Connection("store", Optional.of(endpoint), region, keys, Optional.empty()),
          () -> now);

  @BeforeEach
  void serve() {
    web.answers(store);
  }

  @AfterEach
  void close() {
    web.close();
  }

  private boolean met(Map<String, String> variables, Object... options) {
    Job job = job(options);
    assertThat(eye.check(job)).isEmpty();
    return eye.sees(job, new Context(variables, Map.of(), Path.of("."), _ -> {}, outputs::put));
  }

  private boolean met(String object) {
    return met(Map.of(), "object", object);
  }

  private static Job job(Object... keys) {
    Map<String, Object> options = new TreeMap<>();
    for (int i = 0; i < keys.length; i += 2) {
      options.put(keys[i].toString(), keys[i + 1]);
    }
    return new Job("wait", "jobs/wait.yml", Path.of("."), options, Map.of());
  }

  @Test
  void anObject() {
    store.put("in/a.csv.gz");
    assertThat(met("s3://lake/in/a.csv")).isFalse();
    store.put("in/a.csv");
    store.put("in/a.csv.sha");
    assertThat(met("s3://lake/in/a.csv")).isTrue();
    assertThat(outputs)
        .containsEntry("object", "s3://lake/in/a.csv")
        .containsEntry("key", "in/a.csv")
        .containsEntry("objects", 1L);
    assertThat(web.asked.getLast().path()).contains("max-keys=1&");
  }

  @Test
  void several() {
    store.put("in/");
    store.put("in/deep/b.csv");
    assertThat(met("s3://lake/in/*")).isFalse();
    store.put("in/c.csv");
    store.put("in/b.csv");
    assertThat(met("s3://lake/in/*.csv")).isTrue();
    assertThat(outputs).containsEntry("key", "in/b.csv").containsEntry("objects", 2L);
    assertThat(met("s3://lake/in/**.csv")).isTrue();
    assertThat(outputs).containsEntry("objects", 3L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "in/2026 01.csv",
        "in/a+b&c=d.csv",
        "in/größe/😀.csv",
        "in/%2F~.csv",
        "in/tab\t\u0001.csv",
        "in//x/../y.csv",
        "/lead.csv",
        "in/(1)'!$@:;,.csv"
      })
  void keysOfAnyKind(String key) {
    assertThat(met("s3://lake/" + key)).isFalse();
    store.put(key);
    assertThat(met("s3://lake/" + key)).isTrue();
    assertThat(met("s3://lake/" + key.substring(0, key.length() - 4) + "*")).isTrue();
    assertThat(outputs).containsEntry("key", key).containsEntry("object", "s3://lake/" + key);
  }

  @Test
  void aLongList() {
    for (int i = 0; i < 2_500; i++) {
      store.put("in/%05d.csv".formatted(i));
    }
    assertThat(met("s3://lake/in/*.csv")).isTrue();
    assertThat(outputs).containsEntry("key", "in/00000.csv").containsEntry("objects", 2_500L);
    assertThat(web.asked).hasSize(3);
    for (int i = 2_500; i < 10_001; i++) {
      store.put("in/%05d.csv".formatted(i));
    }
    assertThatThrownBy(() -> met("s3://lake/in/*.csv"))
        .isInstanceOf(TowpathException.class)
        .hasMessage("there is more at s3://lake/in/ than one look goes through, 10000 objects");
    assertThat(met("s3://lake/in/1*.csv")).isTrue();
    assertThat(outputs).containsEntry("key", "in/10000.csv").containsEntry("objects", 1L);
  }

  @Test
  void anObjectMayHaveToBeNew() {
    Instant changed = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(60);
    store.put("a.csv", changed);
    Map<String, String> told =
        Map.of(
            "TOWPATH_DUE",
            changed.plusSeconds(1).toString(),
            "TOWPATH_START",
            changed.plusMillis(999).toString());
    assertThat(met(told, "object", "s3://lake/*.csv", "since", "due")).isFalse();
    assertThat(met(told, "object", "s3://lake/*.csv", "since", "start")).isTrue();
    assertThatThrownBy(() -> met(Map.of(), "object", "s3://lake/*.csv", "since", "due"))
        .hasMessageContaining("counts from when a flow's run was due");
    assertThat(met(told, "object", "s3://lake/*.csv", "stable_for", "50s")).isTrue();
    assertThat(met(told, "object", "s3://lake/*.csv", "stable_for", "1h")).isFalse();
    assertThat(met(told, "object", "s3://lake/*.csv", "stable_for", "0s")).isTrue();
  }

  /** Objects are dated by the store's clock, and so is what is stable. */
  @Test
  void theStoresClockCounts() {
    store.put("a.csv", Instant.now().minusSeconds(60));
    now = Instant.now().minusSeconds(3_600);
    assertThat(met(Map.of(), "object", "s3://lake/a.csv", "stable_for", "30s")).isTrue();
    now = Instant.now().plusSeconds(3_600);
    assertThat(met(Map.of(), "object", "s3://lake/a.csv", "stable_for", "30m")).isFalse();
  }

  private TowpathException failure(String object) {
    try {
      met(object);
    } catch (TowpathException e) {
      assertThat(e + e.hint().orElse(""))
          .doesNotContain(Store.SECRET)
          .doesNotContain("t0ken")
          .doesNotContain("Signature=");
      return e;
    }
    throw new AssertionError("it went well");
  }

  @Test
  void aBucketThatIsNotThere() {
    TowpathException e = failure("s3://lak/a.csv");
    assertThat(e).hasMessage("there is no bucket \"lak\" at " + endpoint.substring(7));
    assertThat(e.hint())
        .contains("see whether its name is right, and the endpoint of the connection store");
  }

  @Test
  void keysThatAreWrong() {
    keys = Optional.of(new S3Connection.Keys(Store.ACCESS, "wrong", Optional.of("t0ken")));
    TowpathException e = failure("s3://lake/in/*.csv");
    assertThat(e)
        .hasMessage(
            "s3://lake/in/ at "
                + endpoint.substring(7)
                + " answered 403 Forbidden: SignatureDoesNotMatch, It is so.");
    assertThat(e.hint())
        .contains(
            "see whether the keys of the connection store are right, and belong to this server");
    keys = Optional.of(new S3Connection.Keys("AKIDOTHER", "wrong", Optional.empty()));
    assertThat(failure("s3://lake/a.csv")).hasMessageContaining("InvalidAccessKeyId");
  }

  @Test
  void aRegionThatIsWrong() {
    region = "us-east-1";
    TowpathException e = failure("s3://lake/a.csv");
    assertThat(e)
        .hasMessage(
            "the bucket \"lake\" is in the region eu-west-1, and was asked for in us-east-1");
    assertThat(e.hint()).contains("write region: eu-west-1 for the connection store");
    web.answers(exchange -> {
      exchange.getResponseHeaders().set("x-amz-bucket-region", "eu-north-1");
      Web.redirect(301, endpoint + "/elsewhere").to(exchange);
    });
    assertThat(failure("s3://lake/a.csv")).hasMessageContaining("is in the region eu-north-1");
    assertThat(web.asked).hasSize(2);
  }

  @Test
  void aBucketThatIsOpen() {
    keys = Optional.empty();
    store.put("a.csv");
    assertThat(met("s3://open/a.csv")).isTrue();
    assertThat(web.asked.getLast().header("Authorization")).isEmpty();
    TowpathException e = failure("s3://lake/a.csv");
    assertThat(e).hasMessageContaining("answered 403 Forbidden: AccessDenied, It is so.");
    assertThat(e.hint())
        .contains("the bucket is not open to everybody: give the connection store keys");
  }

  @Test
  void aStoreThatIsBusyForAMoment() {
    store.put("a.csv");
    AtomicInteger busy = new AtomicInteger(2);
    web.answers(exchange -> {
      if (busy.getAndDecrement() > 0) {
        Web.typed(503, "application/xml", "<Error><Code>SlowDown</Code></Error>").to(exchange);
      } else {
        store.to(exchange);
      }
    });
    assertThat(met("s3://lake/a.csv")).isTrue();
    assertThat(web.asked).hasSize(3);
    busy.set(10);
    TowpathException e = failure("s3://lake/a.csv");
    assertThat(e).hasMessageContaining("answered 503 Service Unavailable: SlowDown");
    assertThat(e.hint()).contains("the server is in trouble; retries: help when that passes");
    assertThat(web.asked).hasSize(6);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<html><body>hello</body></html>",
        "{\"objects\": []}",
        "''",
        "<ListBucketResult><Contents><Key>a",
        "<ListBucketResult><Contents><Key>a.csv</Key><LastModified>now</LastModified></Contents></ListBucketResult>",
        "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/hostname\">]><ListBucketResult><Contents><Key>&e;</Key></Contents></ListBucketResult>",
        "<ListBucketResult><EncodingType>url</EncodingType><Contents><Key>%zz</Key></Contents></ListBucketResult>",
      })
  void whatIsNoList(String body) {
    web.answers(Web.typed(200, "application/xml", body));
    TowpathException e = failure("s3://lake/a.csv");
    assertThat(e).hasMessageContaining("answered with something that is no list of objects");
    assertThat(e.hint()).contains("see whether endpoint: is a server that speaks S3's protocol");
  }

  @Test
  void aRefusalDoesNotMakeUsReadAFile(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("private"), "Intruded");
    web.answers(
        Web.typed(
            403,
            "application/xml",
            "<!DOCTYPE x [<!ENTITY e SYSTEM \"%s\"><!ENTITY i \"Expanded\">]>"
                    .formatted(file.toUri())
                + "<Error><Code>&e;</Code><Message>&i;</Message></Error>"));
    String message = failure("s3://lake/a.csv").getMessage();
    assertThat(message).contains("answered 403 Forbidden").doesNotContain("Intruded");
    assertThat(message).doesNotEndWith("Expanded");
  }

  @Test
  void aRedirectIsNotFollowed() {
    web.answers(Web.redirect(307, endpoint + "/lake"));
    assertThat(failure("s3://lake/a.csv")).hasMessageContaining("answered 307");
    assertThat(web.asked).hasSize(1);
  }

  @Test
  void nobodyThere() {
    web.answers(Web.cut());
    assertThat(failure("s3://lake/a.csv")).hasMessageContaining("s3://lake/a.csv at ");
    web.close();
    assertThat(failure("s3://lake/a.csv"))
        .hasMessage(
            "s3://lake/a.csv at "
                + endpoint.substring(7)
                + " cannot be reached: the connection was refused");
  }

  @Test
  void whatIsWrongWithItIsSaidAtTheJobsKey() {
    assertThat(eye.check(job("object", "s3://lake")).getFirst().message())
        .isEqualTo("\"s3://lake\" names a bucket, and no object in it");
    assertThat(eye.check(job("object", "gs://lake/x", "connection", "store"))).isEmpty();
    assertThat(eye.check(job("object", "s3://lake/x", "stable_for", "soon")).getFirst().message())
        .isEqualTo("\"stable_for\" cannot be \"soon\"");
    assertThatThrownBy(() -> eye.sees(job("object", "s3://"), null))
        .as("what a variable held")
        .isInstanceOfSatisfying(
            TowpathException.class,
            e -> assertThat(e.problems().getFirst().location().file()).isEqualTo("jobs/wait.yml"));
  }

  @Test
  void aStoreCanBeReachedBeforeAnythingIsThere() {
    assertThat(eye.reach(job("object", "s3://lake/in/*")))
        .isEqualTo("s3://lake/in/ at " + endpoint.substring(7));
    assertThatThrownBy(() -> eye.reach(job("object", "s3://lak/in/*")))
        .hasMessageContaining("there is no bucket \"lak\"");
  }
}
