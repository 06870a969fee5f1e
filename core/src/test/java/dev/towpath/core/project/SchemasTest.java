package dev.towpath.core.project;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.towpath.core.yaml.Problems;
import dev.towpath.core.yaml.SourceText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The published schemas say what the readers do. */
class SchemasTest {
  private static final String BASE = "https://towpath.test/";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, String> TEXTS = new HashMap<>();

  static {
    for (String name :
        List.of(
            "common",
            "towpath",
            "source",
            "model",
            "python",
            "test",
            "endpoint",
            "flow",
            "job",
            "dashboard",
            "sidecar")) {
      TEXTS.put(BASE + name + ".schema.json", read("../schemas/" + name + ".schema.json"));
    }
  }

  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_2020_12, builder -> builder.schemas(TEXTS));

  private static String read(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Error> errors(String schema, String yaml) {
    Schema found = REGISTRY.getSchema(SchemaLocation.of(BASE + schema + ".schema.json"));
    Object value = new Load(LoadSettings.builder().build()).loadFromString(yaml);
    return found.validate(JSON.<JsonNode>valueToTree(value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../examples/flights",
        "../examples/shop",
        "../examples/tpch",
        "src/test/resources/projects/canal",
        "src/test/resources/projects/quoting"
      })
  void goodProjectsMeetThem(String folder) throws IOException {
    Path root = Path.of(folder);
    int files = 0;
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : all.filter(Files::isRegularFile).sorted().toList()) {
        String file = root.relativize(path).toString();
        Optional<String> schema = schema(file);
        if (schema.isPresent() && !file.equals("models/m/a.sql")) {
          Optional<String> yaml = yaml(file, path);
          yaml.ifPresent(y -> assertThat(errors(schema.get(), y)).as(file).isEmpty());
          files++;
        }
      }
    }
    assertThat(files).isPositive();
  }

  private static Optional<String> schema(String file) {
    boolean sql = file.endsWith(".sql");
    return switch (file.substring(0, Math.max(0, file.indexOf('/')))) {
      case "" -> file.equals("towpath.yml") ? Optional.of("towpath") : Optional.empty();
      case "sources" -> file.endsWith("shop.yml") ? Optional.empty() : Optional.of("source");
      case "models" -> sql ? Optional.of("model") : sidecar(file);
      case "seeds" -> sidecar(file);
      case "tests" -> Optional.of("test");
      case "apis" -> Optional.of("endpoint");
      case "flows" -> Optional.of("flow");
      case "jobs" -> Optional.of("job");
      case "dashboards" -> Optional.of("dashboard");
      default -> Optional.empty();
    };
  }

  private static Optional<String> sidecar(String file) {
    return file.endsWith("_schema.yml") ? Optional.of("sidecar") : Optional.empty();
  }

  private static Optional<String> yaml(String file, Path path) throws IOException {
    String text = Files.readString(path);
    if (file.endsWith(".md")) {
      return Optional.of(text.substring(4, text.indexOf("\n---\n")));
    }
    if (!file.endsWith(".sql")) {
      return Optional.of(text);
    }
    return HeaderBlock.find(new SourceText(file, text), new Problems())
        .map(block -> text.substring(block.yamlStart(), block.yamlEnd()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "towpath  | {project: t, enviroments: {}}",
        "towpath  | {environments: {dev: {}}}",
        "towpath  | {project: t, version: 2}",
        "towpath  | {project: t, environments: {dev: {memory: lots}}}",
        "towpath  | {project: t, environments: {dev: {threads: 0}}}",
        "towpath  | {project: t, vars: {start: 2013-01-01}}",
        "source   | {type: file, tables: {}}",
        "source   | {type: files}",
        "source   | {type: files, tables: {a: {pth: x}}}",
        "source   | {type: files, tables: {a: {path: x, mode: incremental}}}",
        "source   | {type: files, tables: {a: {path: x, key: id}}}",
        "source   | {type: mysql, url: x, connect_timeout: 2y, tables: {a: }}",
        "model    | {exports: {table: a}}",
        "source   | {type: files, tables: {'../a': {path: x}}}",
        "source   | {type: sqlite, scale: 1, tables: {a: {}}}",
        "source   | {type: http, tables: {a: {}}}",
        "source   | {type: http, url: x, auth: {bearer: a, param: b}, tables: {a: {}}}",
        "source   | {type: http, url: x, tables: {a: {pagination: cursor}}}",
        "source   | {type: http, url: x, tables: {a: {pagination: {type: link, param: p}}}}",
        "source   | {type: http, url: x, tables: {a: {mode: incremental, cursor: c}}}",
        "model    | {kind: tabel}",
        "towpath  | {project: t, access: {admin: {tables: [m.*]}}}",
        "towpath  | {project: t, access: {viewer: {table: [m.*]}}}",
        "model    | {kind: incremental}",
        "model    | {time: day}",
        "model    | {checks: not_null(a)}",
        "model    | {checks: [{sql: SELECT 1}]}",
        "model    | {checks: [{check: a > 0, sql: SELECT 1, name: x}]}",
        "model    | {columns: [a, b]}",
        "model    | {columns: {a: {typ: int}}}",
        "model    | {refresh: 2 hours}",
        "python   | {kind: view}",
        "python   | {columns: {a: int}, memory: 2}",
        "python   | {columns: {a: int}, driven_by: [m.b]}",
        "test     | {model: m.a}",
        "test     | {model: a, expect: []}",
        "test     | [{model: m.a, expect: [1]}]",
        "endpoint | {params: {}}",
        "endpoint | {get: /a, post: /a}",
        "endpoint | {get: /a/}",
        "endpoint | {get: /a, params: {a: {default: 1}}}",
        "flow     | {cron: '0 2 * * *'}",
        "flow     | {run: '*', schedule: '0 2 * * *'}",
        "flow     | {run: '*', every: often}",
        "flow     | {run: '*', after: {all: [m.a], any: [m.b]}}",
        "flow     | {run: '*', retries: {delay: 1s}}",
        "flow     | {run: '*', notify: {email: a, on: sucess}}",
        "job      | {run: x}",
        "job      | {type: shell, script: x}",
        "job      | {type: python}",
        "job      | {type: python, script: x, module: y}",
        "job      | {type: python, script: x, run: y}",
        "job      | {type: python, script: x, arguments: --day}",
        "job      | {type: python, script: x, memory: lots}",
        "job      | {type: notebook, params: {a: 1}}",
        "job      | {type: notebook, notebook: x, arguments: [a]}",
        "dashboard | {description: x}",
        "dashboard | {title: x, filter: {}}",
        "dashboard | {title: x, filters: {a b: {type: date}}}",
        "dashboard | {title: x, filters: [{type: date}]}",
        "dashboard | {title: x, filters: {a: {type: date, optionen: [1]}}}",
        "towpath  | {project: t, embed: {origin: 'https://a'}}",
        "job      | {type: dashboard, dashboard: x}",
        "job      | {type: dashboard, dashboard: x, to: a@b, run: y}",
        "sidecar  | {models: {a: {kind: view}}}",
        "towpath  | {project: t, connections: {a: {endpoint: 'https://h', anonymous: true}}}",
        "towpath  | {project: t, connections: {a: {type: s3}}}",
        "towpath  | {project: t, connections: {a: {type: s3, access_key: k, secret_key: plain}}}",
        "towpath  | {project: t, connections: {a: {type: s3, access_key: k}}}",
        "towpath  | {project: t, connections: {a: {type: s3, access_key: k, secret_key: '${S}', anonymous: true}}}",
        "job      | {type: sensor, object: 's3://a*/x'}",
        "job      | {type: sensor, object: 's3://a'}",
        "job      | {type: sensor, object: 's3://a/x', file: y}",
        "job      | {type: http, url: 'https://a', connection: x}",
      })
  void refuseMistakes(String schema, String yaml) {
    assertThat(errors(schema, yaml)).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "towpath  | {project: t, on_request: [a.*, b.c]}",
        "towpath  | {project: t, access: {viewer: {tables: [m.*], endpoints: '*'}, editor: {tables: '*'}}}",
        "towpath  | {project: t, environments: {dev: , prod: {engine: duckdb, memory: 1 GiB}}}",
        "source   | {type: tpch, scale: '${SCALE}', tables: {orders: , o: {table: orders}}}",
        "source   | {type: http, url: x, pagination: {type: page, size: 9}, tables: {a: {records: d.e}}}",
        "source   | {type: mysql, url: x, connect_timeout: 200ms, tables: {a: {statement_timeout: 1W}}}",
        "model    | {kind: incremental, time: day, grain: week, key: id}",
        "model    | {exports: {to: x.csv}}",
        "model    | {exports: [{to: x.csv}, {to: '${DB}', mode: upsert, key: id}]}",
        "model    | {kind: view, checks: [{sql: SELECT 1, name: n, severity: warn}]}",
        "python   | {columns: {a: int}, reads: m.b, memory: 2GiB, timeout: 5m, isolation: process}",
        "python   | {kind: incremental, time: day, columns: {day: date}, driven_by: {m.b: day}}",
        "test     | {model: m.a, given: {m.b: }, expect: [{a: [1], b: {c: }}]}",
        "endpoint | {post: '/größe/{a}', params: {a: int}}",
        "flow     | {run: [m.*], after: m.a, retries: 2, params: {a: int}}",
        "job      | {type: shell, run: x, needs: [m.a, job:b], env: {A: 1}}",
        "job      | {type: python, module: a.b, arguments: [--n, 1], memory: 2GiB, timeout: 5m}",
        "job      | {type: notebook, notebook: a.ipynb, params: {day: 2026-01-01, list: [1]}}",
        "job      | {type: http, url: 'https://a/b', body: {x: 1}, status: [2xx, 404], outputs: {id: /id}}",
        "job      | {type: sql, sql: SELECT 1, url: '${SHOP_URL}'}",
        "job      | {type: sensor, file: 'data/*.csv', stable_for: 10s, since: start, every: 1m}",
        "job      | {type: sensor, object: 's3://a/b/*.csv', connection: c, since: due, stable_for: 0s}",
        "job      | {type: sensor, object: '${OBJECT}'}",
        "job      | {type: sensor, object: 's3://${BUCKET}'}",
        "towpath  | {project: t, connections: {a: {type: s3, anonymous: true, path_style: false}}}",
        "towpath  | {project: t, connections: {a: {type: s3, endpoint: 'https://h', access_key: '${K}', secret_key: '${S}', session_token: '${T}', anonymous: false}}}",
        "dashboard | {title: x, filters: [{name: a, type: date range, default: {from: 2013-01-01}}]}",
        "dashboard | {title: x, filters: {a: varchar, b: {type: varchar, list: true, options: [1, {value: x, label: y}]}}}",
        "job      | {type: dashboard, dashboard: x, format: pdf, filters: {a: [1, 2]}, to: [a@b, reports]}",
        "towpath  | {project: t, embed: {origins: ['https://a']}, access: {viewer: {dashboards: '*'}}}",
        "towpath  | {project: p, notify: {email: a@b, on: freshness}, smtp: {host: h, from: a@b}}",
        "flow     | {run: '*', every: 15m, start: 2026-01-01T06:00, notify: [{slack: u, on: failure}]}",
      })
  void takeWhatIsRight(String schema, String yaml) {
    assertThat(errors(schema, yaml)).isEmpty();
  }

  @Test
  void keysAreThoseOfTheReaders() {
    Set<String> timed = new TreeSet<>(ModelReader.KEYS);
    assertThat(keys("towpath", "")).isEqualTo(ProjectFileReader.KEYS);
    assertThat(keys("towpath", "/properties/access")).isEqualTo(AccessReader.ROLES);
    assertThat(keys("towpath", "/$defs/grants")).isEqualTo(AccessReader.KEYS);
    assertThat(keys("towpath", "/$defs/environment/oneOf/1"))
        .isEqualTo(ProjectFileReader.ENVIRONMENT_KEYS);
    assertThat(keys("towpath", "/$defs/engine")).isEqualTo(ProjectFileReader.ENGINE_KEYS);
    assertThat(keys("model", "")).isEqualTo(timed);
    timed.addAll(PythonReader.KEYS);
    assertThat(keys("python", "")).isEqualTo(timed);
    assertThat(keys("test", "/$defs/test")).isEqualTo(UnitTestReader.KEYS);
    assertThat(keys("endpoint", "")).isEqualTo(EndpointReader.KEYS);
    assertThat(keys("endpoint", "/$defs/parameter/oneOf/1")).isEqualTo(ParameterReader.KEYS);
    assertThat(keys("dashboard", "")).isEqualTo(DashboardReader.KEYS);
    assertThat(keys("dashboard", "/$defs/filter")).isEqualTo(FilterReader.KEYS);
    assertThat(keys("dashboard", "/$defs/table")).isEqualTo(BlockReader.TABLE_KEYS);
    assertThat(keys("dashboard", "/$defs/metric")).isEqualTo(BlockReader.METRIC_KEYS);
    assertThat(keys("dashboard", "/$defs/figure")).isEqualTo(FigureReader.KEYS);
    assertThat(keys("dashboard", "/$defs/column")).isEqualTo(BlockReader.COLUMN_KEYS);
    Set<String> charts = new TreeSet<>();
    ChartType.WORDS.values().forEach(type -> charts.addAll(BlockReader.keys(type)));
    assertThat(keys("dashboard", "/$defs/chart")).isEqualTo(charts);
    assertThat(keys("towpath", "/properties/embed")).isEqualTo(ProjectFileReader.EMBED_KEYS);
    assertThat(keys("flow", "")).isEqualTo(FlowReader.KEYS);
    assertThat(keys("flow", "/properties/retries/oneOf/1")).isEqualTo(RetriesReader.KEYS);
    assertThat(keys("flow", "/$defs/notice")).isEqualTo(NoticeReader.KEYS);
    assertThat(keys("towpath", "/$defs/notice")).isEqualTo(NoticeReader.KEYS);
    assertThat(keys("towpath", "/$defs/smtp")).isEqualTo(NoticeReader.SMTP_KEYS);
    assertThat(keys("towpath", "/$defs/connection")).isEqualTo(ConnectionReader.KEYS);
    assertThat(keys("common", "/$defs/longCheck")).isEqualTo(new TreeSet<>(CheckReader.KEYS));
    assertThat(keys("common", "/$defs/column/oneOf/2")).isEqualTo(ColumnReader.KEYS);
    assertThat(keys("common", "/$defs/described/oneOf/1")).isEqualTo(Described.KEYS);
    for (String type : List.of("files", "http", "sqlite", "tpch")) {
      assertThat(keys("source", "/$defs/" + type)).containsAll(SourceFileReader.KEYS);
      assertThat(keys("source", "/$defs/" + type + "Table/oneOf/1"))
          .containsAll(SourceFileReader.TABLE_KEYS);
    }
  }

  @Test
  void wordsAreThoseOfTheReaders() {
    assertThat(words("model", "/properties/kind")).isEqualTo(ModelReader.KINDS.keySet());
    assertThat(words("model", "/properties/grain")).isEqualTo(TimeReader.GRAINS.keySet());
    assertThat(words("flow", "/properties/concurrency")).isEqualTo(FlowReader.CONCURRENCY.keySet());
    assertThat(words("flow", "/$defs/event")).isEqualTo(NoticeReader.FLOW_EVENTS.keySet());
    assertThat(words("towpath", "/$defs/event")).isEqualTo(NoticeReader.EVENTS.keySet());
    assertThat(words("towpath", "/$defs/smtp/properties/tls"))
        .isEqualTo(NoticeReader.ENCRYPTIONS.keySet());
    assertThat(words("towpath", "/$defs/connection/properties/type"))
        .isEqualTo(ConnectionReader.TYPES.keySet());
    assertThat(words("common", "/$defs/longCheck/properties/severity"))
        .isEqualTo(CheckReader.SEVERITIES.keySet());
  }

  @Test
  void blocksOfDashboardsMeetTheirSchema() {
    assertThat(words("dashboard", "/$defs/chart/properties/type"))
        .isEqualTo(ChartType.WORDS.keySet());
    assertThat(words("dashboard", "/$defs/chart/properties/width"))
        .isEqualTo(new TreeSet<>(BlockReader.WIDTHS));
    assertThat(words("dashboard", "/$defs/chart/properties/scope"))
        .isEqualTo(new TreeSet<>(BlockReader.SCOPES));
    assertThat(words("dashboard", "/$defs/metric/properties/better"))
        .isEqualTo(new TreeSet<>(BlockReader.BETTER));
  }

  private static Set<String> keys(String schema, String pointer) {
    Set<String> keys = new TreeSet<>();
    node(schema, pointer + "/properties").fieldNames().forEachRemaining(keys::add);
    assertThat(keys).as(schema + pointer).isNotEmpty();
    return keys;
  }

  private static Set<String> words(String schema, String pointer) {
    List<String> words = new ArrayList<>();
    node(schema, pointer + "/enum").forEach(word -> words.add(word.asText()));
    return new TreeSet<>(words);
  }

  private static JsonNode node(String schema, String pointer) {
    try {
      return JSON.readTree(TEXTS.get(BASE + schema + ".schema.json")).at(pointer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
