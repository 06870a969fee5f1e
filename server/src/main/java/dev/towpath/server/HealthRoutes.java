package dev.towpath.server;

import dev.towpath.spi.TowpathException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether the server lives, whether it can work, and what it measures. */
final class HealthRoutes {
  private static final Duration SILENCE = Duration.ofSeconds(15);

  private final Site site;
  private final Metrics metrics;

  HealthRoutes(Site site, Metrics metrics) {
    this.site = site;
    this.metrics = metrics;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/healthz", "isAlive", "Whether the server lives")
            .tag("health")
            .access(Route.Access.OPEN)
            .gives(200, "It does", Schemas.object("status", Schemas.text("alive")))
            .by(_ -> Answer.json(Json.object("status", "alive"))),
        Route.get("/readyz", "isReady", "Whether the store answers and the scheduler looks")
            .tag("health")
            .access(Route.Access.OPEN)
            .gives(200, "Both", Schemas.object("status", Schemas.text("ready")))
            .by(_ -> ready()),
        Route.get("/metrics", "getMetrics", "Measurements for Prometheus")
            .tag("health")
            .gives(200, "In Prometheus's text format", "text/plain", Json.object("type", "string"))
            .by(call -> {
              Sight.requireAll(call, "metrics");
              return new Answer.Whole(200, Metrics.TYPE, metrics.text(), Map.of());
            }));
  }

  private Answer ready() {
    try {
      site.store().head(site.environment());
    } catch (TowpathException e) {
      throw Refusal.of(503, "the metadata store does not answer", null);
    }
    Optional<Instant> looked = site.pulse().looked();
    if (looked.isEmpty()) {
      throw Refusal.of(503, "the scheduler has not looked yet", null);
    }
    Duration silence = Duration.between(looked.get(), site.clock().instant()).abs();
    if (silence.compareTo(SILENCE) > 0) {
      throw Refusal.of(503, "the scheduler has not looked for " + silence.toSeconds() + " s", null);
    }
    return Answer.json(Json.object("status", "ready"));
  }
}
