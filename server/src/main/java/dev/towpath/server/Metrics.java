package dev.towpath.server;

import dev.towpath.core.store.Event;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** What the server counts and measures, in Prometheus's text format. Thread-safe. */
final class Metrics {
  static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final double[] REQUEST_SECONDS = {
    .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10
  };
  private static final double[] TASK_SECONDS = {.1, .5, 1, 5, 15, 60, 300, 900, 3600, 14_400};

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Counter requests;
  private final Histogram requestSeconds;
  private final Counter runs;
  private final Histogram taskSeconds;

  Metrics(Site site, EventHub hub) {
    requests =
        Counter.builder()
            .name("towpath_http_requests_total")
            .help("HTTP requests that were answered")
            .labelNames("method", "route", "status")
            .register(registry);
    requestSeconds =
        Histogram.builder()
            .name("towpath_http_request_duration_seconds")
            .help("Time from a request to the end of its answer")
            .unit(Unit.SECONDS)
            .labelNames("route")
            .classicOnly()
            .classicUpperBounds(REQUEST_SECONDS)
            .register(registry);
    runs =
        Counter.builder()
            .name("towpath_runs_total")
            .help("Runs of flows that ended since this server started, by any server")
            .labelNames("flow", "state")
            .register(registry);
    taskSeconds =
        Histogram.builder()
            .name("towpath_task_duration_seconds")
            .help("How long tasks ran that ended since this server started")
            .unit(Unit.SECONDS)
            .labelNames("flow", "task", "state")
            .classicOnly()
            .classicUpperBounds(TASK_SECONDS)
            .register(registry);
    gauges(site, hub);
    hub.listen(this::count);
  }

  private void queries(Lakehouse lakehouse) {
    GaugeWithCallback.builder()
        .name("towpath_queries")
        .help("Queries by what they do: compute, wait for their turn, or are open to be read")
        .labelNames("state")
        .callback(gauge -> {
          Lakehouse.Load load = lakehouse.load();
          gauge.call(load.running(), "running");
          gauge.call(load.waiting(), "waiting");
          gauge.call(load.open(), "open");
        })
        .register(registry);
    GaugeWithCallback.builder()
        .name("towpath_hot_tables")
        .help("Copies of tables that are read often")
        .callback(gauge -> gauge.call(lakehouse.load().hot().tables()))
        .register(registry);
    GaugeWithCallback.builder()
        .name("towpath_hot_tables_bytes")
        .help("Bytes of copies of tables that are read often")
        .unit(Unit.BYTES)
        .callback(gauge -> gauge.call((double) lakehouse.load().hot().bytes()))
        .register(registry);
    GaugeWithCallback.builder()
        .name("towpath_kept_rows_bytes")
        .help("Bytes of rows that are kept by a key, since they are asked for one by one")
        .unit(Unit.BYTES)
        .callback(gauge -> gauge.call((double) lakehouse.load().hot().kept()))
        .register(registry);
  }

  /** Answers of endpoints that are kept. */
  void answers(KeptAnswers kept) {
    CounterWithCallback.builder()
        .name("towpath_kept_answers_total")
        .help("Calls of endpoints whose answer was looked for among those that are kept")
        .labelNames("found")
        .callback(counter -> {
          counter.call((double) kept.hits(), "yes");
          counter.call((double) kept.misses(), "no");
        })
        .register(registry);
    GaugeWithCallback.builder()
        .name("towpath_kept_answers_bytes")
        .help("Bytes of answers of endpoints that are kept")
        .unit(Unit.BYTES)
        .callback(gauge -> gauge.call((double) kept.bytes()))
        .register(registry);
  }

  private void gauges(Site site, EventHub hub) {
    GaugeWithCallback.builder()
        .name("towpath_runs_open")
        .help("Runs of flows that are not over")
        .labelNames("flow", "state")
        .callback(gauge -> open(site, gauge))
        .register(registry);
    GaugeWithCallback.builder()
        .name("towpath_scheduler_lag_seconds")
        .help("How long after it was due the newest run began")
        .unit(Unit.SECONDS)
        .callback(gauge -> gauge.call(site.pulse().lagSeconds()))
        .register(registry);
    GaugeWithCallback.builder()
        .name("towpath_scheduler_silence_seconds")
        .help("How long ago the scheduler looked")
        .unit(Unit.SECONDS)
        .callback(gauge ->
            site.pulse()
                .looked()
                .ifPresent(at ->
                    gauge.call(Duration.between(at, site.clock().instant()).toMillis() / 1000.0)))
        .register(registry);
    GaugeWithCallback.builder()
        .name("towpath_event_followers")
        .help("Clients that follow events or logs")
        .callback(gauge -> gauge.call(hub.followers()))
        .register(registry);
    queries(site.lakehouse());
    GaugeWithCallback.builder()
        .name("jvm_memory_used_bytes")
        .help("Memory that the JVM uses")
        .unit(Unit.BYTES)
        .labelNames("area")
        .callback(gauge -> {
          gauge.call((double) heap().getUsed(), "heap");
          gauge.call(
              (double) ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage().getUsed(),
              "nonheap");
        })
        .register(registry);
    GaugeWithCallback.builder()
        .name("jvm_memory_max_bytes")
        .help("The most heap that the JVM may use")
        .unit(Unit.BYTES)
        .labelNames("area")
        .callback(gauge -> gauge.call((double) heap().getMax(), "heap"))
        .register(registry);
  }

  private static MemoryUsage heap() {
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
  }

  private static void open(Site site, GaugeWithCallback.Callback gauge) {
    site.store()
        .flows()
        .openCounts(site.environment())
        .forEach((flow, states) ->
            states.forEach((state, count) -> gauge.call(count, flow, word(state.name()))));
  }

  private static String word(String state) {
    return state.toLowerCase(Locale.ROOT);
  }

  private void count(Event event) {
    String flow = event.flow().orElse("");
    String state = word(event.detail().getOrDefault("state", "unknown"));
    switch (event.type()) {
      case "run.ended" -> runs.labelValues(flow, state).inc();
      case "task.ended" ->
          seconds(event)
              .ifPresent(
                  s -> taskSeconds.labelValues(flow, event.task().orElse(""), state).observe(s));
      default -> {
        // other events are not counted
      }
    }
  }

  private static Optional<Double> seconds(Event event) {
    try {
      return Optional.ofNullable(event.detail().get("seconds")).map(Double::valueOf);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** Counts an answer. */
  void answered(String method, String route, int status, double seconds) {
    requests.labelValues(method, route, Integer.toString(status)).inc();
    requestSeconds.labelValues(route).observe(seconds);
  }

  String text() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      PrometheusTextFormatWriter.create().write(out, registry.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
