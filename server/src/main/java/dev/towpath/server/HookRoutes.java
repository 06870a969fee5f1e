package dev.towpath.server;

import dev.towpath.core.project.Flow;
import dev.towpath.core.project.Parameter;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.JsonText;
import dev.towpath.spi.TowpathException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Webhooks: calls that need no token but a signature, and that set off a flow.
 *
 * <p>Why a captured call is worth nothing: with a timestamp, the time and the delivery's id are
 * part of what is signed, an old time is refused, and an id makes one run. Without one only the
 * body is signed, so the body itself is the id: the same body makes one run, ever. Neither can be
 * passed off as the other: a body alone may not begin like a time and an id, which have no dot.
 */
final class HookRoutes {
  private static final Duration TOLERANCE = Duration.ofMinutes(5);
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,200}");

  /** How what is signed begins when a time and an id are part of it. */
  private static final Pattern HEAD = Pattern.compile("\\d{1,12}\\.[A-Za-z0-9_-]{1,200}\\.");

  private static final int MOST_HEAD = 12 + 1 + 200 + 1;
  private static final Pattern SECONDS = Pattern.compile("\\d{1,12}");

  private final Site site;

  HookRoutes(Site site) {
    this.site = site;
  }

  List<Route> routes() {
    return List.of(
        Route.post("/api/v1/hooks/{flow}", "callHook", "Sets off a flow with webhook:")
            .tag("hooks")
            .access(Route.Access.SIGNED)
            .path("flow", "Its name")
            .header(
                "X-Towpath-Signature",
                "sha256= and the HMAC-SHA256 of the body in hexadecimal, by the flow's secret; with"
                    + " a timestamp, of TIMESTAMP.DELIVERY.BODY")
            .header("X-Towpath-Timestamp", "Seconds since 1970; at most five minutes off")
            .header(
                "X-Towpath-Delivery",
                "Names the call: the same makes one run; letters, digits, _ and -")
            .header("X-Hub-Signature-256", "The same signature of the body, as GitHub sends it")
            .takes(
                Json.object(
                    "type",
                    "object",
                    "description",
                    "Members with the names of the flow's parameters are their values; a parameter"
                        + " named body gets all of it"),
                false)
            .gives(202, "The run", runSchema())
            .gives(200, "The run that this call has made before", runSchema())
            .by(this::call));
  }

  private static Map<String, @Nullable Object> runSchema() {
    return Schemas.ref("Run");
  }

  private Answer call(Call call) {
    Optional<Flow> flow = site.current().checked().project().flow(call.path("flow"));
    String key = verified(call, flow);
    Flow found = flow.orElseThrow();
    Map<String, @Nullable Object> params = parameters(found, call.bytes());
    String id =
        "hook-"
            + Signature.sha256(
                    (site.environment() + "\n" + found.name() + "\n" + key)
                        .getBytes(StandardCharsets.UTF_8))
                .substring(0, 32);
    Optional<FlowRun> before = site.store().flows().run(id);
    if (before.isPresent()) {
      return Answer.json(Shapes.run(before.get(), RunRoutes.waits(site)));
    }
    Instant now = site.clock().instant();
    FlowRun run =
        FlowRun.queued(
                id,
                site.environment(),
                found.name(),
                FlowRun.Cause.WEBHOOK,
                now,
                Optional.empty(),
                now)
            .with(JsonText.write(params));
    try {
      site.store()
          .flows()
          .enqueue(run, Optional.of(call.does("trigger", run.id(), "flow " + found.name())));
    } catch (TowpathException e) {
      // the same call came twice at the same time, and the other one was first
      return Answer.json(
          Shapes.run(site.store().flows().run(id).orElseThrow(() -> e), RunRoutes.waits(site)));
    }
    return Answer.json(202, Shapes.run(run, RunRoutes.waits(site)));
  }

  /**
   * What names this call among all that are signed with the secret. Which flows there are, and
   * which of them have a webhook, is told only to who has a secret.
   */
  private String verified(Call call, Optional<Flow> flow) {
    Optional<String> secret =
        flow.map(Flow::trigger)
            .filter(Flow.Webhook.class::isInstance)
            .map(t -> secret(((Flow.Webhook) t).secret()));
    Optional<String> own = call.text("X-Towpath-Signature");
    Optional<String> given = own.or(() -> call.text("X-Hub-Signature-256"));
    byte[] body = call.bytes();
    Optional<String> timestamp = own.flatMap(_ -> call.text("X-Towpath-Timestamp"));
    String delivery = call.text("X-Towpath-Delivery").orElse("");
    byte[] head =
        timestamp
            .map(t -> (t + "." + delivery + ".").getBytes(StandardCharsets.UTF_8))
            .orElse(new byte[0]);
    String wanted = Signature.of(secret.filter(s -> !s.isEmpty()).orElse("none"), head, body);
    boolean signed = Signature.same(wanted, given.orElse(""));
    if (!signed || secret.filter(s -> !s.isEmpty()).isEmpty()) {
      throw Refusal.of(
          401,
          given.isEmpty() ? "the call is not signed" : "the signature is wrong",
          "sign the body as it is sent, with the secret that the flow's webhook: names");
    }
    if (timestamp.isEmpty()) {
      requireBodyOnly(body);
      return "body " + Signature.sha256(body);
    }
    requireRecent(timestamp.get());
    if (!ID.matcher(delivery).matches()) {
      throw Refusal.bad(
          "X-Towpath-Delivery",
          delivery.isEmpty() ? "the call has no id of its own" : "this is no id of a call",
          "send X-Towpath-Delivery: letters, digits, _ and -, at most 200");
    }
    return "delivery " + delivery;
  }

  private static void requireBodyOnly(byte[] body) {
    String start =
        new String(body, 0, Math.min(body.length, MOST_HEAD), StandardCharsets.ISO_8859_1);
    if (HEAD.matcher(start).lookingAt()) {
      throw Refusal.of(
          401,
          "the body begins like a time and an id that were signed with another one",
          "send X-Towpath-Timestamp and X-Towpath-Delivery, too");
    }
  }

  private String secret(String declared) {
    try {
      return site.current().checked().project().variables().resolve(declared);
    } catch (TowpathException e) {
      return ""; // not set: nobody can sign
    }
  }

  private void requireRecent(String timestamp) {
    if (SECONDS.matcher(timestamp).matches()) {
      Instant at = Instant.ofEpochSecond(Long.parseLong(timestamp));
      if (Duration.between(at, site.clock().instant()).abs().compareTo(TOLERANCE) <= 0) {
        return;
      }
    }
    throw Refusal.of(401, "the timestamp is not of now", "send the seconds since 1970");
  }

  private static Map<String, @Nullable Object> parameters(Flow flow, byte[] body) {
    if (flow.parameters().isEmpty()) {
      return Map.of(); // a body of any kind is fine
    }
    Map<String, @Nullable Object> given =
        new LinkedHashMap<>(body.length == 0 ? Map.of() : Call.json(body));
    for (Parameter parameter : flow.parameters()) {
      if (parameter.name().equals("body") && !given.containsKey("body")) {
        given.put("body", new LinkedHashMap<>(given));
      }
    }
    return GivenParameters.read(flow.parameters(), given, false);
  }
}
