package dev.towpath.source.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.towpath.source.SourceContract;
import dev.towpath.source.Tables;
import dev.towpath.source.TestEngine;
import dev.towpath.source.http.TestApi.Call;
import dev.towpath.source.http.TestApi.Reply;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Extract;
import dev.towpath.spi.FileScan;
import dev.towpath.spi.Redaction;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Shared;
import dev.towpath.spi.SourceReader;
import dev.towpath.spi.SourceReader.Probe;
import dev.towpath.spi.SourceReader.Reading;
import dev.towpath.spi.SourceState;
import dev.towpath.spi.SourceTable;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpSourceTest extends SourceContract {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final List<Duration> waits = new CopyOnWriteArrayList<>();
  private final Map<String, String> environment = new java.util.HashMap<>();
  private TestApi api;
  private volatile String things =
      "[{\"id\": 1, \"name\": \"Ünï\", \"price\": 19.90, \"tags\": [\"a\"], \"made\": \"2013-01-31\"},"
          + " {\"id\": 2, \"name\": null, \"price\": 0.5, \"tags\": [], \"made\": null}]";

  @BeforeEach
  void start() throws IOException {
    api = new TestApi();
    api.on("/things", call -> tagged(call, things));
  }

  @AfterEach
  void stop() {
    api.close();
  }

  @AfterEach
  void nothingIsLeftOnDisk() throws IOException {
    Path home = project.resolve(".towpath/tmp");
    if (Files.exists(home)) {
      try (Stream<Path> left = Files.list(home)) {
        assertThat(left).isEmpty();
      }
    }
  }

  private static Reply tagged(Call call, String body) {
    String tag = "\"" + Integer.toHexString(body.hashCode()) + "\"";
    return call.header("If-None-Match").filter(tag::equals).isPresent()
        ? Reply.of(304, "").with("ETag", tag)
        : Reply.json(body).with("ETag", tag);
  }

  @Override
  protected SourceReader reader() {
    Web.Waiting waiting =
        new Web.Waiting() {
          @Override
          public Instant now() {
            return waits.stream().reduce(NOW, Instant::plus, (a, b) -> b);
          }

          @Override
          public void sleep(Duration duration) {
            waits.add(duration);
          }
        };
    return new HttpSource(new Web(waiting, new Random(7), environment));
  }

  @Override
  protected SourceTable given() {
    return table().table();
  }

  @Override
  protected SourceTable change(SourceTable table) {
    things = things.replace("]", "]").replaceFirst("\\[\\{", "[{\"id\": 3}, {");
    return table;
  }

  @Override
  protected SourceTable missing() {
    return table().key("path", "nowhere").table();
  }

  private Tables table() {
    return Tables.of("http", project).sourceKey("url", api.url());
  }

  private Tables incremental() {
    SourceTable t =
        table().key("cursor", "seen").key("cursor_param", "since").key("key", "id").table();
    return new Tables(
        new SourceTable(
            t.name(),
            t.type(),
            t.project(),
            t.sourceOptions(),
            t.options(),
            "incremental",
            t.columns(),
            t.location()));
  }

  private Schema contact(SourceTable table) {
    return reader().contact(table, TestEngine::infer);
  }

  private Reading read(SourceTable table, Optional<SourceState> last, Schema schema) {
    return reader().read(table, last, schema, TestEngine::infer, new Shared());
  }

  private List<String> rows(SourceTable table) {
    try (Reading reading = read(table, Optional.empty(), contact(table))) {
      return TestEngine.bag(reading);
    }
  }

  private List<String> rows(Tables table) {
    return rows(table.table());
  }

  private TowpathException failure(Tables table) {
    TowpathException failure =
        catchThrowableOfType(TowpathException.class, () -> contact(table.table()));
    assertThat(failure).isNotNull();
    assertThat(failure.problems()).hasSize(1);
    assertThat(failure.problems().getFirst().hint()).isPresent();
    return failure;
  }

  private static String records(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> "{\"id\": " + i + "}")
        .collect(Collectors.joining(", ", "[", "]"));
  }

  private static List<String> ids(int to) {
    return IntStream.range(0, to).mapToObj(i -> "[" + i + "]").sorted().toList();
  }

  // --- columns ---

  @Test
  void recordsBecomeColumns() {
    assertThat(contact(given()))
        .isEqualTo(
            Schema.of(
                "id",
                "BIGINT",
                "name",
                "VARCHAR",
                "price",
                "DOUBLE",
                "tags",
                "VARCHAR[]",
                "made",
                "DATE"));
    assertThat(rows(given()))
        .containsExactly("[1, Ünï, 19.9, [a], 2013-01-31]", "[2, null, 0.5, [], null]");
  }

  @Test
  void nestedRecordsStayOrBecomeFlat() {
    api.on(
        "/things",
        _ ->
            Reply.json(
                "[{\"id\": 1, \"who\": {\"name\": \"a\", \"home\": {\"city\": \"x\"}}, \"n\": [{\"k\": 1}]},"
                    + " {\"id\": 2, \"who\": null}]"));
    assertThat(contact(table().table()).columns().get(1).type().sql())
        .isEqualTo("STRUCT(\"name\" VARCHAR, \"home\" STRUCT(\"city\" VARCHAR))");
    assertThat(rows(table().key("flatten", true)))
        .containsExactly("[1, a, x, [{'k': 1}], null]", "[2, null, null, null, null]");
  }

  @Test
  void numbersKeepTheirDigits() {
    api.on("/things", _ -> Reply.json("[{\"id\": 123456789012345678901234567890, \"p\": 1.10}]"));
    assertThat(rows(table().declaring("id", "HUGEINT", "p", "DECIMAL(10,2)")))
        .containsExactly("[123456789012345678901234567890, 1.10]");
  }

  @Test
  void aBrokenCharacterIsReplaced() {
    api.on("/things", _ -> Reply.json("[{\"a\": \"x\\ud800y\", \"b\": \"\\ud83d\\ude00\"}]"));
    assertThat(rows(table())).containsExactly("[x\uFFFDy, \uD83D\uDE00]");
  }

  @Test
  void aNewFieldFailsOrIsAddedOrIgnored() {
    SourceTable table = given();
    Schema schema = contact(table);
    things = "[{\"id\": 1, \"extra\": 5}]";
    assertThatThrownBy(() -> read(table, Optional.empty(), schema))
        .hasMessageContaining("\"" + api.url() + "/things\" has a new column \"extra\"")
        .hasMessageContaining("on_new_column: add");
    try (Reading reading =
        read(table().key("on_new_column", "add").table(), Optional.empty(), schema)) {
      assertThat(reading.schema().columns().getLast().toString()).contains("extra", "BIGINT");
      assertThat(TestEngine.bag(reading)).containsExactly("[1, null, null, null, null, 5]");
    }
    try (Reading reading =
        read(table().key("on_new_column", "ignore").table(), Optional.empty(), schema)) {
      assertThat(reading.schema()).isEqualTo(schema);
      assertThat(TestEngine.bag(reading)).containsExactly("[1, null, null, null, null]");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"x\" | /things:2:1: the value of \"id\" is not of type BIGINT",
        "99999999999999999999 | /things:2:1: the value of \"id\" is not of type BIGINT",
        "1.5 | /things\" has 1.5 in \"id\", but the table has BIGINT",
        "true | /things\" has true in \"id\", but the table has BIGINT",
      })
  void aValueThatDoesNotFitFailsWithItsPage(String value, String message) {
    SourceTable table = given();
    Schema schema = contact(table);
    things = "[{\"id\": 7.0}, {\"id\": " + value + "}]";
    assertThatThrownBy(
            () -> {
              try (Reading reading = read(table, Optional.empty(), schema)) {
                TestEngine.bag(reading);
              }
            })
        .isInstanceOf(TowpathException.class)
        .hasMessageContaining(api.url() + message);
  }

  @Test
  void recordsThatDoNotFitCanBeSetAside() {
    SourceTable table = table().key("on_bad_row", "reject").table();
    Schema schema = contact(table);
    things = "[{\"id\": 7}, {\"id\": \"x\"}]";
    try (Reading reading = read(table, Optional.empty(), schema)) {
      assertThat(TestEngine.write(scan(reading)).rejected())
          .singleElement()
          .satisfies(row -> {
            assertThat(row.file()).isEqualTo(api.url() + "/things");
            assertThat(row.line()).isEqualTo(2);
            assertThat(row.text()).isEqualTo("{\"id\":\"x\"}");
          });
    }
  }

  @Test
  void namesThatDifferInCaseAreTold() {
    api.on("/things", _ -> Reply.json("[{\"id\": 1}, {\"ID\": 2}]"));
    assertThat(failure(table())).hasMessageContaining("both \"id\" and \"ID\"");
    api.on("/things", _ -> Reply.json("[{\"a\": {\"b\": 1}, \"a_b\": 2}]"));
    assertThat(failure(table().key("flatten", true))).hasMessageContaining("two fields \"a_b\"");
  }

  // --- where the records stand ---

  @Test
  void recordsStandWhereTheTableSays() {
    api.on(
        "/things", _ -> Reply.json("{\"meta\": {\"n\": 1}, \"data\": {\"items\": [{\"id\": 0}]}}"));
    assertThat(rows(table().key("records", "data.items"))).isEqualTo(ids(1));
    assertThat(rows(table().key("records", List.of("data", "items")))).isEqualTo(ids(1));
    assertThat(rows(table().key("records", "meta"))).containsExactly("[1]");
    assertThat(failure(table().key("records", "data.itms")))
        .hasMessageContaining("has no \"data.itms\"; it has in \"data\" items (a list)");
    assertThat(failure(table().key("records", "dta")))
        .hasMessageContaining("it has meta (an object), data (an object)");
    assertThat(failure(table().key("records", "meta.n"))).hasMessageContaining("a number");
  }

  @Test
  void anObjectIsOneRowOnlyWhenSaid() {
    api.on("/things", _ -> Reply.json("{\"id\": 0, \"rows\": [1, 2]}"));
    assertThat(failure(table()))
        .hasMessageContaining("an object, not with a list; it has id (a number), rows (a list)")
        .hasMessageContaining("set records: rows");
    assertThat(failure(table().key("records", "rows")))
        .hasMessageContaining("record 1 is a number");
    assertThat(rows(table().key("records", "."))).containsExactly("[0, [1, 2]]");
  }

  @Test
  void linesAreRecords() {
    api.on(
        "/things",
        _ ->
            Reply.of(200, "{\"id\":0}\n\n{\"id\":1}\n")
                .with("Content-Type", "application/x-ndjson"));
    assertThat(rows(table())).isEqualTo(ids(2));
    api.on(
        "/things", _ -> Reply.of(200, "{\"id\":0}\n{\"id\":1}").with("Content-Type", "text/plain"));
    assertThat(rows(table().key("format", "ndjson"))).isEqualTo(ids(2));
    assertThat(failure(table().key("records", "."))).hasMessageContaining("format: ndjson");
  }

  @Test
  void packedAnswersAndOtherCharsetsAreRead() throws IOException {
    Reply packed = Reply.json(records(0, 500)).gzipped();
    api.on("/things", _ -> packed);
    assertThat(rows(table())).hasSize(500);
    assertThat(api.calls().getFirst().header("Accept-Encoding")).contains("gzip");
    api.on(
        "/things",
        _ ->
            Reply.of(200, "")
                .with("Content-Type", "application/json; charset=ISO-8859-1")
                .bytes("[{\"a\": \"ü\"}]".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1)));
    assertThat(rows(table())).containsExactly("[ü]");
  }

  @Test
  void noRecordsHaveNoColumnsUnlessDeclared() {
    things = "[]";
    assertThat(failure(table())).hasMessageContaining("no records to tell the columns from");
    assertThat(rows(table().declaring("id", "int"))).isEmpty();
  }

  // --- pages ---

  private void paged(int total, int most) {
    api.on(
        "/things",
        call -> {
          int size = Math.min(call.number("per_page", most), most);
          int from = (call.number("page", 1) - 1) * size;
          return Reply.json(records(from, Math.clamp(from + size, from, Math.max(total, from))));
        });
  }

  @Test
  void pagesAreCountedUntilOneIsEmpty() {
    paged(10, 4); // fewer than asked for in each page: the server's own limit
    Tables table = table().key("pagination", Map.of("type", "page", "size", 100));
    assertThat(rows(table)).isEqualTo(ids(10));
    assertThat(api.calls().stream().map(c -> c.param("page")).limit(4))
        .containsExactly("1", "2", "3", "4");
    assertThat(api.calls().getFirst().param("per_page")).isEqualTo("100");
  }

  @Test
  void aTotalSavesTheEmptyPage() {
    api.on(
        "/things",
        call ->
            Reply.json(
                "{\"pages\": 2, \"items\": "
                    + records(call.number("p", 9) * 2, call.number("p", 9) * 2 + 2)
                    + "}"));
    Tables table =
        table()
            .key("records", "items")
            .key("pagination", Map.of("type", "page", "param", "p", "start", 0, "total", "pages"));
    assertThat(contact(table.table()).names()).containsExactly("id");
    assertThat(api.calls()).hasSize(2);
    assertThat(rows(table)).isEqualTo(ids(4));
  }

  @Test
  void offsetsAreCountedByRecords() {
    api.on(
        "/things",
        call -> {
          int from = call.number("offset", -1);
          return Reply.json(
              "{\"more\": " + (from < 6) + ", \"items\": " + records(from, from + 3) + "}");
        });
    Tables table =
        table()
            .key("records", "items")
            .key("pagination", Map.of("type", "offset", "size", 50, "has_more", "more"));
    assertThat(rows(table)).isEqualTo(ids(9));
    assertThat(api.calls().stream().map(c -> c.param("offset")).limit(3))
        .containsExactly("0", "3", "6");
    assertThat(api.calls().getFirst().param("limit")).isEqualTo("50");
  }

  @Test
  void cursorsAreFollowed() {
    api.on(
        "/things",
        call -> {
          int at = call.number("after", 0);
          String next = at < 4 ? "\"" + (at + 2) + "\"" : "null";
          return Reply.json(
              "{\"items\": " + records(at, at + 2) + ", \"meta\": {\"next\": " + next + "}}");
        });
    Tables table =
        table()
            .key("records", "items")
            .key("params", Map.of("status", "open & shut"))
            .key("pagination", Map.of("type", "cursor", "param", "after", "next", "meta.next"));
    assertThat(rows(table)).isEqualTo(ids(6));
    assertThat(api.calls().getLast().param("status")).isEqualTo("open & shut");
    assertThat(api.calls().getFirst().query()).doesNotContainKey("after");
  }

  @Test
  void linksAreFollowed() {
    api.on(
        "/things",
        call -> {
          int at = call.number("at", 0);
          Reply reply = Reply.json(records(at, at + 2));
          return at < 4
              ? reply.with(
                  "Link",
                  "</first>; rel=\"first\", </things?at=" + (at + 2) + ">; rel=\"last next\"")
              : reply;
        });
    assertThat(rows(table().key("pagination", "link"))).isEqualTo(ids(6));
    assertThat(failure(table())).hasMessageContaining("one page of several");
    assertThat(rows(table().key("pagination", "none"))).isEqualTo(ids(2));
  }

  @Test
  void nextUrlsAreFollowedAndSecretsStayWithTheirServer() throws IOException {
    try (TestApi other = new TestApi()) {
      other.on("/more", _ -> Reply.json("{\"items\": [{\"id\": 2}], \"next\": \"\"}"));
      api.on(
          "/things",
          call ->
              Reply.json(
                  call.query().containsKey("n")
                      ? "{\"items\": [{\"id\": 1}], \"next\": \"" + other.url() + "/more\"}"
                      : "{\"items\": [{\"id\": 0}], \"next\": \"?n=1\"}"));
      Tables table =
          table()
              .key("records", "items")
              .key("headers", Map.of("X-Tenant", "t1"))
              .sourceKey("auth", Map.of("param", "api_key", "value", "s3cret"))
              .key("pagination", "next_url");
      assertThat(rows(table)).isEqualTo(ids(3));
      assertThat(api.calls()).allSatisfy(c -> assertThat(c.param("api_key")).isEqualTo("s3cret"));
      assertThat(api.calls()).allSatisfy(c -> assertThat(c.header("X-Tenant")).contains("t1"));
      assertThat(other.calls().getFirst().query()).isEmpty();
      assertThat(other.calls().getFirst().header("X-Tenant")).isEmpty();
    }
  }

  /** Three pages by number, cursor or URL; the last one leaves out what the others say. */
  private void listed() {
    api.on(
        "/things",
        call -> {
          int page = Math.max(call.number("page", 1), call.number("cursor", 1));
          String next = ", \"url\": \"?cursor=%1$d\", \"next_cursor\": %1$d".formatted(page + 1);
          return Reply.json(
              "{\"meta\": {\"has_more\": %b, \"last_cursor\": 3%s}, \"items\": %s}"
                  .formatted(
                      page < 3,
                      page < 3 ? next : "",
                      records(2 * page - 2, Math.max(2 * page, 0))));
        });
  }

  private Tables listed(Object... pagination) {
    Map<String, Object> keys = new java.util.HashMap<>();
    for (int i = 0; i < pagination.length; i += 2) {
      keys.put(pagination[i].toString(), pagination[i + 1]);
    }
    return table().sourceKey("records", "items").sourceKey("pagination", keys);
  }

  @Test
  void whetherThereIsMoreEndsAnyList() {
    listed();
    for (Tables table :
        List.of(
            listed("type", "page", "has_more", "meta.has_more"),
            listed("type", "cursor", "next", "meta.next_cursor", "has_more", "meta.has_more"),
            listed("type", "next_url", "next", "meta.url", "has_more", "meta.has_more"),
            listed("type", "cursor", "next", "meta.next_cursor"))) {
      assertThat(rows(table)).isEqualTo(ids(6));
      assertThat(api.calls()).hasSize(6); // and no fourth page, twice
      api.calls().clear();
    }
    api.on(
        "/things",
        call -> // the next cursor is told whether there is more or not
        Reply.json(
                "{\"more\": %b, \"next\": 2, \"items\": %s}"
                    .formatted(call.query().isEmpty(), records(0, 1))));
    assertThat(rows(listed("type", "cursor", "next", "next", "has_more", "more"))).hasSize(2);
  }

  /** Each of them would otherwise be a list that ends after its first page. */
  @Test
  void aPlaceThatIsMisspeltIsTold() {
    listed();
    assertThat(failure(listed("type", "cursor", "next", "meta.next_cursr")))
        .hasMessageContaining(
            "/things has no \"meta.next_cursr\"; it has in \"meta\" has_more (true")
        .hasMessageContaining("did you mean next: meta.next_cursor?");
    assertThat(failure(listed("type", "next_url", "next", "mta.url")))
        .hasMessageContaining("did you mean next: meta.url?");
    assertThat(failure(listed("type", "cursor", "next", "meta.token", "has_more", "meta.has_more")))
        .hasMessageContaining("says that there are more, but has nothing at \"meta.token\"");
    assertThat(failure(listed("type", "page", "has_more", "meta.hasmore")))
        .hasMessageContaining("did you mean has_more: meta.has_more?");
    assertThat(failure(listed("type", "page", "has_more", "meta.continues")))
        .hasMessageContaining("page=2 has no \"meta.continues\"; it has in \"meta\" has_more")
        .hasMessageContaining("correct has_more: under pagination:");
    SourceTable full =
        listed("type", "cursor", "next", "meta.token", "size", 2).declaring("id", "int").table();
    try (Reading reading = read(full, Optional.empty(), full.columns().orElseThrow())) {
      assertThat(reading.note()).contains("taken for all, as a full page has no \"meta.token\"");
    }
  }

  /** Many leave out what is null or false. */
  @Test
  void onePageMayLackWhatWouldLeadOn() {
    api.on(
        "/things",
        call ->
            Reply.json(
                "{\"meta\": {\"last_cursor\": 1}, \"items\": %s}"
                    .formatted(call.number("page", 1) == 1 ? records(0, 2) : "[]")));
    for (Tables table :
        List.of(
            listed("type", "cursor", "next", "meta.next_cursor", "has_more", "meta.has_more"),
            listed("type", "page", "has_more", "meta.has_more"))) {
      assertThat(rows(table)).isEqualTo(ids(2));
    }
  }

  @Test
  void aTotalOfRecordsEndsOffsets() {
    api.on(
        "/things",
        call -> {
          int from = call.number("offset", 0);
          return Reply.json(
              "{\"total\": 5, \"items\": %s}".formatted(records(from, Math.min(from + 2, 5))));
        });
    Tables table = listed("type", "offset", "total", "total", "size", 2, "size_param", "take");
    assertThat(contact(table.table()).names()).containsExactly("id");
    assertThat(api.calls())
        .hasSize(3)
        .allSatisfy(call -> assertThat(call.param("take")).isEqualTo("2"));
    assertThat(rows(table)).isEqualTo(ids(5));
  }

  @Test
  void aTableAddsToWhatItsSourceSends() {
    contact(
        table()
            .sourceKey("params", Map.of("a", "1", "b", "1"))
            .key("params", Map.of("c", "2"))
            .sourceKey("headers", Map.of("X-A", "1"))
            .key("headers", Map.of("X-B", "2"))
            .table());
    Call call = api.calls().getFirst();
    assertThat(call.query()).isEqualTo(Map.of("a", "1", "b", "1", "c", "2"));
    assertThat(call.header("X-A")).contains("1");
    assertThat(call.header("X-B")).contains("2");
  }

  @Test
  void aPostCarriesItsCursorInTheBody() {
    api.on(
        "/things",
        call ->
            Reply.json(call.body().contains("\"skip\":0") ? "[{\"id\": 0, \"seen\": 5}]" : "[]"));
    contact(
        incremental()
            .key("method", "POST")
            .key("start", 3)
            .key("pagination", Map.of("type", "offset", "param", "skip"))
            .table());
    assertThat(api.calls().stream().map(Call::body))
        .containsExactly("{\"since\":3,\"skip\":0}", "{\"since\":3,\"skip\":1}");
    assertThat(api.calls()).allSatisfy(call -> assertThat(call.query()).isEmpty());
  }

  @Test
  void postsCarryTheirPagesInTheBody() {
    api.on(
        "/things",
        call ->
            Reply.json(
                call.body().contains("\"start\":\"b\"")
                    ? "{\"r\": [{\"id\": 1}]}"
                    : "{\"r\": [{\"id\": 0}], \"next\": \"b\"}"));
    Tables table =
        table()
            .key("method", "POST")
            .key("body", Map.of("filter", Map.of("open", true)))
            .key("records", "r")
            .key(
                "pagination",
                Map.of("type", "cursor", "param", "start", "next", "next", "size", 9));
    assertThat(rows(table)).isEqualTo(ids(2));
    assertThat(api.calls().getFirst().body()).isEqualTo("{\"filter\":{\"open\":true},\"limit\":9}");
    assertThat(api.calls().getFirst().header("Content-Type")).contains("application/json");
  }

  @Test
  void endlessPagesAreNoticed() {
    Tables page = table().key("pagination", "page");
    assertThat(failure(page))
        .hasMessageContaining("page=2 holds the same records as the page before it")
        .hasMessageContaining("\"page\"");
    assertThat(api.calls()).hasSize(2);
    api.on("/things", _ -> Reply.json("{\"d\": [{\"id\": 1}], \"next\": \"/things?x=1\"}"));
    assertThat(failure(table().key("records", "d").key("pagination", "next_url")))
        .hasMessageContaining("once more");
    assertThat(
            failure(
                table()
                    .key("records", "d")
                    .key("pagination", Map.of("type", "cursor", "next", "next"))))
        .hasMessageContaining("leads to the cursor \"/things?x=1\" once more");
    assertThat(failure(table().key("records", "d").key("pagination", "offset")))
        .hasMessageContaining("offset=1 holds the same records as the page before it");
    api.on("/things", _ -> Reply.json(records(0, 1)).with("Link", "</things?x=1>; rel=next"));
    assertThat(failure(table().key("pagination", "link"))).hasMessageContaining("once more");
    paged(1_000_000, 1);
    SourceTable bounded =
        table().key("pagination", Map.of("type", "page", "max_pages", 60)).table();
    Schema schema = contact(bounded); // 50 pages are enough for that
    assertThatThrownBy(() -> read(bounded, Optional.empty(), schema))
        .hasMessageContaining("page=60 is page 60 and not the last one");
  }

  @Test
  void manyPagesBecomeOneTable() {
    paged(900, 2);
    SourceTable table = table().key("pagination", "page").declaring("id", "int").table();
    try (Reading reading = read(table, Optional.empty(), table.columns().orElseThrow())) {
      assertThat(TestEngine.bag(reading)).isEqualTo(ids(900));
      assertThat(scan(reading).files().getFirst().name()).isEqualTo(api.url() + "/things");
    }
  }

  private static FileScan scan(Reading reading) {
    return ((Extract.Files) reading.extract()).scan();
  }

  // --- incremental ---

  @Test
  void theCursorIsSentAndTheKeyIsSaid() {
    List<String> rows =
        new ArrayList<>(
            List.of(
                "{\"id\": 1, \"seen\": \"2026-01-01T10:00:00Z\"}",
                "{\"id\": 2, \"seen\": \"2026-01-01T11:30:00+01:00\"}",
                "{\"id\": 3, \"seen\": null}"));
    api.on("/things", _ -> Reply.json(rows.toString()));
    SourceTable table = incremental().key("lag", "1h").key("start", "2025-01-01").table();
    Schema schema = contact(table);
    SourceState first;
    try (Reading reading = read(table, Optional.empty(), schema)) {
      assertThat(reading.effect()).isEqualTo(SourceReader.Effect.REPLACE);
      first = reading.finish();
    }
    assertThat(api.calls().getLast().param("since")).isEqualTo("2025-01-01");
    assertThat(first.cursor()).containsEntry("cursor", "2026-01-01T11:30:00+01:00");
    assertThat(reader().probe(table, Optional.of(first))).isEqualTo(new Probe.Unknown());
    rows.subList(1, 3).clear(); // values go back: the cursor stays
    try (Reading reading = read(table, Optional.of(first), schema)) {
      assertThat(reading.effect()).isEqualTo(SourceReader.Effect.UPSERT);
      assertThat(reading.key()).containsExactly("id");
      assertThat(reading.finish()).isEqualTo(first);
    }
    assertThat(api.calls().getLast().param("since")).isEqualTo("2026-01-01T10:30:00+01:00");
    rows.clear();
    try (Reading reading = read(table, Optional.of(first), schema)) {
      assertThat(TestEngine.bag(reading)).isEmpty();
      assertThat(reading.finish()).isEqualTo(first);
    }
  }

  @Test
  void aCursorThatNoRecordHasIsTold() {
    SourceTable table = incremental().key("cursor", "sen").table();
    assertThatThrownBy(() -> contact(table))
        .hasMessageContaining("no record has the cursor \"sen\"")
        .hasMessageContaining("id, name, price");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2026-01-01T00:00:00Z         | 1h  | 2025-12-31T23:00:00Z",
        "2026-01-01T00:00:00.120Z     | 1s  | 2025-12-31T23:59:59.120Z",
        "2026-01-01 00:00:00          | 1m  | 2025-12-31 23:59:00",
        "2026-01-01                   | 1h  | 2025-12-31",
        "1767225600                   | 1h  | 1767222000",
        "1767225600000                | 1h  | 1767222000000",
        "1767225600000                | 1500ms | 1767225598500",
        "1767225600000000             | 1h  | 1767222000000000",
        "1767225600000000000          | 1h  | 1767222000000000000",
        "1.7E9                        | 1h  | 1699996400",
        "500                          | 20  | 480",
        "20000000000                  | 200000d | 2720000000",
      })
  void theLagIsTakenOffInTheSameForm(String last, String lag, String sent) {
    Following following =
        new Following("c", "p", Optional.of(lag), Optional.empty(), List.of("id"));
    assertThat(following.from(Optional.of(last))).contains(sent);
  }

  @Test
  void cursorsAreComparedAsWhatTheyAre() {
    assertThat(Following.greater("9", "10")).isEqualTo("10");
    assertThat(Following.greater("2026-01-01T00:00:00Z", "2026-01-01T00:30:00+01:00"))
        .isEqualTo("2026-01-01T00:00:00Z");
    assertThat(Following.greater("2026-01-02", "2026-01-01T23:00:00")).isEqualTo("2026-01-02");
    assertThat(Following.greater("01HZX", "01HZB")).isEqualTo("01HZX");
    assertThat(Following.greater("9E8", "1.7E9")).isEqualTo("1.7E9");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Thu, 26 Nov 2026 10:00:00 GMT | Wed, 02 Dec 2026 10:00:00 GMT",
        "26/11/2026                    | 02/12/2026",
        "1.767                         | tomorrow",
        "aa                            | b",
      })
  void cursorsWithoutAnOrderAreTold(String one, String other) {
    api.on(
        "/things",
        _ ->
            Reply.json(
                "[{\"id\": 1, \"seen\": \"%s\"}, {\"id\": 2, \"seen\": \"%s\"}]"
                    .formatted(one, other)));
    assertThatThrownBy(() -> contact(incremental().table()))
        .hasMessageContaining("nobody can tell which \"seen\" is the later one")
        .hasMessageContaining(other);
  }

  @Test
  void aLagOfNothingIsNone() {
    Following following =
        new Following("c", "p", Optional.of("0s"), Optional.empty(), List.of("id"));
    assertThat(following.isStuck("2026-01-01T00:00:00Z")).isFalse();
  }

  // --- versions ---

  @Test
  void lastModifiedIsBelievedOnceItIsOld() {
    for (String date : List.of("Thu, 01 Jan 2026 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT")) {
      api.on("/things", _ -> Reply.json(things).with("Last-Modified", date));
      SourceTable table = given();
      SourceState state;
      try (Reading reading = read(table, Optional.empty(), contact(table))) {
        state = reading.finish();
      }
      boolean old = date.contains("2026");
      assertThat(reader().probe(table, Optional.of(state)))
          .isEqualTo(old ? new Probe.Unchanged() : new Probe.Unknown());
    }
    assertThat(api.calls().getLast().headers()).doesNotContainKey("if-modified-since");
  }

  @Test
  void aVersionIsOfOneUrlOnly() {
    SourceTable table = given();
    try (Reading reading = read(table, Optional.empty(), contact(table))) {
      Optional<SourceState> state = Optional.of(reading.finish());
      api.on("/v2/things", call -> tagged(call, things));
      SourceTable moved = table().sourceKey("url", api.url() + "/v2").table();
      assertThat(reader().probe(moved, state)).isInstanceOf(Probe.Changed.class);
      SourceTable paged = table().key("pagination", "page").table();
      assertThat(reader().probe(paged, Optional.of(SourceState.EMPTY)))
          .isEqualTo(new Probe.Unknown());
    }
  }

  // --- faults ---

  @Test
  void whatPassesIsAskedAgain() {
    api.fail(
        Reply.of(429, "slow down").with("Retry-After", "7"),
        Reply.of(503, "busy").with("Retry-After", "Thu, 01 Jan 2026 00:01:00 GMT"),
        Reply.of(500, "oops"),
        Reply.json(things).cutAfter(20),
        Reply.of(0, ""));
    assertThat(rows(table())).hasSize(2);
    assertThat(waits.subList(0, 2)).containsExactly(Duration.ofSeconds(7), Duration.ofSeconds(53));
    assertThat(waits).hasSizeBetween(4, 5); // the client itself asks once more after a hang-up
    for (int i = 2; i < waits.size(); i++) {
      assertThat(waits.get(i))
          .isBetween(Duration.ofMillis(500L << i), Duration.ofMillis(1000L << i));
    }
  }

  @Test
  void patienceEnds() {
    api.on("/things", _ -> Reply.of(502, "{\"error\": \"down\"}"));
    assertThat(failure(table().key("retries", 2)))
        .hasMessageContaining("answered 502 Bad Gateway: {\"error\": \"down\"} (tried 3 times)");
    assertThat(api.calls()).hasSize(3);
    api.on("/things", _ -> Reply.of(429, "").with("Retry-After", "86400"));
    assertThat(failure(table()))
        .hasMessageContaining("429 Too Many Requests, and asks to wait 86400 s")
        .hasMessageContaining("rate_limit");
    assertThat(api.calls()).hasSize(4);
  }

  @Test
  void aTruncatedAnswerWithoutALengthIsNoticed() throws IOException {
    Reply whole = Reply.json(records(0, 1000)).gzipped();
    byte[] half = java.util.Arrays.copyOf(whole.body(), whole.body().length / 2);
    api.fail(Reply.json("[{\"id\": 1}, {\"id\""), Reply.json("[{\"id\": 1}"), whole.bytes(half));
    assertThat(rows(table())).hasSize(2);
    assertThat(waits).hasSize(3);
    api.on("/things", _ -> Reply.json("[{\"id\": 1}"));
    assertThat(failure(table().key("retries", 0)))
        .hasMessageContaining("ended its answer too early");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | params:",
        "401 | set auth:",
        "403 | set auth:",
        "404 | path of a table is its name",
        "405 | method: POST",
        "418 | manual",
      })
  void whatIsRefusedIsNotAskedAgain(int status, String hint) {
    api.on("/things", _ -> Reply.of(status, "{\"why\":\n \"" + "x".repeat(500) + "\"}"));
    TowpathException failure = failure(table());
    assertThat(failure)
        .hasMessageContaining(api.url() + "/things answered " + status)
        .hasMessageContaining("{\"why\": \"xxx")
        .hasMessageContaining(hint);
    assertThat(failure.problems().getFirst().message().length()).isLessThan(300);
    assertThat(api.calls()).hasSize(1);
  }

  @Test
  void whatIsNoJsonIsTold() {
    api.on("/things", _ -> Reply.of(200, "<!DOCTYPE html><html><title>Log in</title>"));
    assertThat(failure(table()))
        .hasMessageContaining("a web page (HTML), not with JSON: <!DOCTYPE");
    api.on("/things", _ -> Reply.of(200, "id,name\n1,a\n").with("Content-Type", "text/csv"));
    assertThat(failure(table()))
        .hasMessageContaining("answered with text/csv, not with JSON: id,name");
    api.on("/things", _ -> Reply.json("[{\"id\": 1}, {\"id\": oops}]"));
    assertThat(failure(table())).hasMessageContaining("is not valid JSON at byte 19");
    api.on("/things", _ -> Reply.json(""));
    assertThat(failure(table())).hasMessageContaining("answered with nothing");
    assertThat(waits).isEmpty();
  }

  @Test
  void aServerThatIsNotThereOrSaysNothingIsTold() {
    assertThat(failure(table().key("retries", 1).sourceKey("url", "http://127.0.0.1:1")))
        .hasMessageContaining("http://127.0.0.1:1/things cannot be reached")
        .hasMessageContaining("(tried 2 times)");
    assertThat(failure(table().key("retries", 0).sourceKey("url", "http://nowhere.invalid")))
        .hasMessageContaining("nowhere.invalid");
    api.on("/things", _ -> Reply.json(things).cutAfter(10).stalling());
    assertThat(failure(table().key("retries", 0).key("timeout", "300ms")))
        .hasMessageContaining("did not answer within 300 ms");
  }

  @Test
  void anInterruptEndsTheReading() throws InterruptedException {
    api.on("/things", _ -> Reply.json(things).cutAfter(10).stalling());
    List<Throwable> thrown = new CopyOnWriteArrayList<>();
    Thread thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                contact(given());
              } catch (Throwable e) {
                thrown.add(e);
              }
            });
    while (api.calls().isEmpty()) {
      Thread.onSpinWait();
    }
    thread.interrupt();
    thread.join();
    assertThat(thrown).singleElement().isInstanceOf(CancelledException.class);
  }

  @Test
  void aRecordThatIsTooLargeIsTold() {
    String text = "x".repeat(9_000_000);
    api.on("/things", _ -> Reply.json("[{\"a\": \"" + text + "\", \"b\": \"" + text + "\"}]"));
    assertThat(failure(table())).hasMessageContaining("a record larger than 16 MB");
  }

  // --- who asks ---

  @Test
  void whoAsksIsShownToTheServerAndToNobodyElse() {
    api.on(
        "/things",
        call ->
            Reply.of(
                401, "wrong: " + call.headers().getOrDefault("authorization", call.param("k"))));
    Map<Map<String, Object>, String> ways =
        Map.of(
            Map.of("bearer", "t0ken/+="),
            "Bearer t0ken/+=",
            Map.of("basic", Map.of("user", "me", "password", "pässw0rd")),
            "Basic bWU6cMOkc3N3MHJk",
            Map.of("param", "k", "value", "k/ey+"),
            "k/ey+",
            Map.of("header", "Authorization", "value", "Key abcdef"),
            "Key abcdef");
    ways.forEach((auth, sent) -> {
      TowpathException failure = failure(table().sourceKey("auth", auth));
      Call call = api.calls().getLast();
      assertThat(call.headers().getOrDefault("authorization", call.param("k"))).isEqualTo(sent);
      assertThat(failure.problems().toString())
          .contains("***", "credentials under auth:")
          .doesNotContain("t0ken", "pässw0rd", "cMOkc3N3", "k/ey", "abcdef");
    });
  }

  @Test
  void secretsInUrlsStandInNoMessageAndNoRow() {
    SourceTable t =
        table().key("path", "bot12345:AbC/things").key("params", Map.of("k", "a b&c")).table();
    SourceTable table =
        new SourceTable(
            t.name(),
            t.type(),
            t.project(),
            t.sourceOptions(),
            t.options(),
            t.mode(),
            t.columns(),
            t.location(),
            t.places(),
            new Redaction(Map.of("12345:AbC", "${TOKEN}", "a b&c", "${K}")));
    api.on("/bot12345:AbC/things", call -> tagged(call, things));
    try (Reading reading = read(table, Optional.empty(), contact(table))) {
      assertThat(scan(reading).files().getFirst().name())
          .isEqualTo(api.url() + "/bot${TOKEN}/things?k=${K}");
    }
    assertThat(api.calls().getFirst().param("k")).isEqualTo("a b&c");
    api.fail(Reply.of(404, "nothing at /bot12345:AbC/things?k=a%20b%26c"));
    assertThatThrownBy(() -> contact(table))
        .hasMessageContaining("nothing at /bot${TOKEN}/things?k=${K}")
        .hasMessageNotContaining("12345");
  }

  @Test
  void redirectsAreFollowedWithoutSecretsToOthers() throws IOException {
    try (TestApi other = new TestApi()) {
      other.on(
          "/new",
          call ->
              call.header("Authorization").isPresent()
                  ? Reply.of(500, "leak")
                  : Reply.json(things));
      api.on("/things", _ -> Reply.of(302, "").with("Location", other.url() + "/new"));
      Tables table = table().sourceKey("auth", Map.of("bearer", "s3cret")).key("retries", 0);
      assertThat(rows(table)).hasSize(2);
      other.on("/new", _ -> Reply.of(401, ""));
      assertThat(failure(table)).hasMessageContaining("not sent on to another server");
      api.on(
          "/same",
          call -> Reply.json(things).with("ETag", call.header("Authorization").orElse("")));
      api.on("/things", _ -> Reply.of(308, "").with("Location", "same"));
      assertThat(rows(table)).hasSize(2);
      assertThat(api.calls().getLast().header("Authorization")).contains("Bearer s3cret");
      api.on("/same", _ -> Reply.of(301, "").with("Location", "/things"));
      assertThat(failure(table)).hasMessageContaining("redirects again and again");
    }
  }

  @Test
  void whatIsPostedIsNotSentToANextPageOfAnother() throws IOException {
    try (TestApi other = new TestApi()) {
      other.on("/more", _ -> Reply.json(things));
      api.on(
          "/things",
          _ -> Reply.json(things).with("Link", "<" + other.url() + "/more>; rel=\"next\""));
      Tables table =
          table()
              .key("pagination", "link")
              .key("method", "POST")
              .key("body", Map.of("token", "s3cret"))
              .key("retries", 0);
      assertThat(failure(table)).hasMessageContaining("names a next page on another server");
      assertThat(other.calls()).isEmpty();
    }
  }

  @Test
  void aProxyIsAskedWhenTheEnvironmentSaysSo() {
    environment.put("http_proxy", "http://localhost:" + api.port());
    api.on(
        "/things", call -> Reply.json("[{\"host\": \"" + call.header("Host").orElse("") + "\"}]"));
    assertThat(rows(table().sourceKey("url", "http://api.example.test")))
        .containsExactly("[api.example.test]");
    environment.put("NO_PROXY", "other, .example.test");
    assertThat(failure(table().sourceKey("url", "http://api.example.test").key("retries", 0)))
        .hasMessageContaining("cannot be reached");
  }

  @Test
  void aRateIsKept() {
    paged(10, 5);
    Tables table = table().sourceKey("rate_limit", "2/s").key("pagination", "page");
    contact(table.table());
    assertThat(api.calls()).hasSize(3);
    assertThat(waits).containsExactly(Duration.ofMillis(500), Duration.ofMillis(500));
  }

  @Test
  void aRateIsThatOfAllTablesTogether() {
    api.on("/others", _ -> Reply.json(records(0, 1)));
    SourceReader reader = reader();
    Tables table = table().sourceKey("rate_limit", "2/s");
    reader.contact(table.table(), TestEngine::infer);
    reader.contact(table.named("raw.others").table(), TestEngine::infer);
    assertThat(waits).containsExactly(Duration.ofMillis(500));
  }

  // --- keys ---

  @Test
  void mistakesAreTold() {
    Tables table =
        Tables.of("http", project)
            .sourceKey("url", "ftp://x")
            .sourceKey("auth", Map.of("bearer", "a", "basic", "b"))
            .sourceKey("rate_limit", "fast")
            .key("headers", Map.of("Host", "x", "X-A", "a\nb"))
            .key("timeout", "0s")
            .key("retries", 99)
            .key("body", "x")
            .key("lag", "1h")
            .key("records", "a..b")
            .key("format", "xml")
            .key("pagination", Map.of("type", "cursor", "parm", "x"));
    assertThat(
            reader().check(table.table()).stream()
                .map(p -> p.message() + " " + p.hint().orElseThrow()))
        .anyMatch(m -> m.contains("http:// or https://"))
        .anyMatch(m -> m.contains("one of bearer, basic, header and param"))
        .anyMatch(m -> m.contains("\"rate_limit\" cannot be \"fast\""))
        .anyMatch(m -> m.contains("cannot set \"Host\""))
        .anyMatch(m -> m.contains("\"X-A\" has a value that cannot be sent"))
        .anyMatch(m -> m.contains("\"timeout\" cannot be \"0s\""))
        .anyMatch(m -> m.contains("\"retries\" cannot be \"99\""))
        .anyMatch(m -> m.contains("\"body\" is for method POST"))
        .anyMatch(m -> m.contains("\"lag\" means nothing in mode \"full\""))
        .anyMatch(m -> m.contains("\"records\" cannot be \"a..b\""))
        .anyMatch(m -> m.contains("\"format\" cannot be \"xml\""))
        .anyMatch(m -> m.contains("unknown key \"parm\" in \"pagination\" did you mean \"param\"?"))
        .anyMatch(m -> m.contains("\"pagination\" has no \"next\""))
        .hasSize(13);
    assertThat(reader().check(Tables.of("http", project).table()).toString())
        .contains("no \"url\"");
    assertThat(reader().check(table().key("key", "id").table()).toString())
        .contains("\"key\" means nothing in mode \"full\"");
    SourceTable keyless = new Tables(incremental().table()).table();
    assertThat(reader().check(keyless)).isEmpty();
  }
}
