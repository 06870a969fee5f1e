package dev.towpath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.towpath.spi.JobRunner;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The published schema knows each type of job with the keys that its runner takes. */
class JobSchemaTest {
  private static final Set<String> COMMON =
      Set.of(
          "type",
          "description",
          "tags",
          "needs",
          "retries",
          "timeout",
          "when",
          "trigger_rule",
          "pool",
          "priority",
          "for_each",
          "for_each_limit",
          "params");

  @Test
  void keysAreThoseOfTheRunners() throws Exception {
    JsonNode schema = new ObjectMapper().readTree(Path.of("../schemas/job.schema.json").toFile());
    Set<String> all = new TreeSet<>();
    schema.path("properties").fieldNames().forEachRemaining(all::add);
    all.removeAll(COMMON);
    List<JobRunner> runners =
        Bundled.jobRunners(
            () -> {
              throw new IllegalStateException("nothing runs here");
            },
            text -> text,
            _ -> {
              throw new IllegalStateException("nothing runs here");
            },
            null,
            null,
            null,
            Optional::empty);

    Set<String> types = new TreeSet<>();
    schema.at("/properties/type/enum").forEach(type -> types.add(type.asText()));
    assertThat(types).isEqualTo(new TreeSet<>(runners.stream().map(JobRunner::type).toList()));
    for (JobRunner runner : runners) {
      Set<String> keys = new TreeSet<>(all);
      schema
          .path("allOf")
          .forEach(rule -> {
            if (rule.at("/if/properties/type/const").asText().equals(runner.type())) {
              rule.at("/then/properties").fieldNames().forEachRemaining(keys::remove);
            }
          });
      Set<String> own = new TreeSet<>(runner.keys());
      own.removeAll(COMMON);
      assertThat(keys).as(runner.type()).isEqualTo(own);
    }
  }
}
