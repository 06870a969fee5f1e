package dev.towpath.server;

import dev.towpath.core.access.Grants;
import dev.towpath.core.access.Principal;
import dev.towpath.core.access.Role;
import dev.towpath.core.store.AuditLog;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Signed links, by which anybody sees one dashboard with some of its filters held fast, and nothing
 * else. What a link allows stands in its signature; the key is the store's, so that all servers
 * know it, and a new key ends all links.
 */
final class DashboardLinks {
  /** The parameter that holds it. */
  static final String SIGNATURE = "signature";

  private static final Pattern LIFE = Pattern.compile("(\\d{1,4})([hd])");
  private static final Duration LONGEST = Duration.ofDays(3_660);
  private static final int LONGEST_TEXT = 4_000;

  private final Site site;
  private final Dashboards dashboards;

  DashboardLinks(Site site, Dashboards dashboards) {
    this.site = site;
    this.dashboards = dashboards;
  }

  /**
   * What a link allows.
   *
   * @param fixed values of filters, by the names that an address has for them
   */
  record Opened(String dashboard, Map<String, List<String>> fixed) {
    /** Whoever has the link. */
    Principal reader() {
      Grants only = new Grants(List.of(), List.of(), List.of(dashboard));
      return new Principal("link", Role.VIEWER, only);
    }
  }

  List<Route> routes() {
    return List.of(
        Route.post(
                "/api/v1/dashboards/{name}/links",
                "linkDashboard",
                "A link that shows a dashboard to anybody")
            .tag("dashboards")
            .path("name", "The dashboard's name")
            .takes(
                Schemas.requiring(
                    Schemas.object(
                        "filters",
                        Json.object(
                            "type",
                            "object",
                            "description",
                            "Values that whoever has the link cannot change; texts, or lists of"
                                + " them"),
                        "expires",
                        Schemas.text("For how long: 12h, 7d; 7d without it"))),
                false)
            .gives(
                200,
                "The link",
                Schemas.object(
                    "url",
                    Schemas.text("A path of this server"),
                    "expires",
                    Schemas.moment("When it ends")))
            .by(this::make),
        Route.delete("/api/v1/links", "endLinks", "Ends all signed links")
            .tag("dashboards")
            .needs(Role.ADMIN)
            .gives(200, "They are over", Schemas.object("ended", Schemas.truth("true")))
            .by(this::end));
  }

  private Answer make(Call call) {
    Map<String, @Nullable Object> body = call.body();
    Dashboards.Seen seen = dashboards.find(call.principal(), call.path("name"));
    Map<String, List<String>> fixed = fixed(Call.object(body, "filters"));
    seen.values(fixed); // which refuses what is wrong, all at once
    Instant ends = site.clock().instant().plus(life(Call.text(body, "expires").orElse("7d")));
    Map<String, @Nullable Object> payload =
        Json.object("d", seen.dashboard().name(), "f", fixed, "e", ends.getEpochSecond());
    String text = encoded(Json.write(payload).getBytes(StandardCharsets.UTF_8));
    if (text.length() > LONGEST_TEXT) {
      throw Refusal.bad("filters", "the values are too long for a link", "hold fewer fast");
    }
    site.store()
        .audit()
        .add(
            site.environment(),
            call.does("link dashboard", seen.dashboard().name(), fixed + ", until " + ends),
            site.clock().instant());
    return Answer.json(
        Json.object(
            "url",
            "/embed/" + seen.dashboard().name() + "?" + SIGNATURE + "=" + text + "." + mac(text),
            "expires",
            Instant.ofEpochSecond(ends.getEpochSecond()).toString()));
  }

  private static Map<String, List<String>> fixed(Map<String, @Nullable Object> filters) {
    Map<String, List<String>> fixed = new LinkedHashMap<>();
    filters.forEach((name, value) -> {
      List<String> texts = new ArrayList<>();
      for (Object one : value instanceof List<?> list ? list : java.util.Arrays.asList(value)) {
        texts.add(one == null ? "" : Call.plain(one));
      }
      fixed.put(name, texts);
    });
    return fixed;
  }

  private static Duration life(String text) {
    Matcher life = LIFE.matcher(text);
    if (!life.matches() || Integer.parseInt(life.group(1)) == 0) {
      throw Refusal.bad("expires", "expires cannot be \"" + text + "\"", "write 12h, or 7d");
    }
    long number = Long.parseLong(life.group(1));
    Duration duration =
        life.group(2).equals("h") ? Duration.ofHours(number) : Duration.ofDays(number);
    if (duration.compareTo(LONGEST) > 0) {
      throw Refusal.bad("expires", "a link lasts at most ten years", "write 365d");
    }
    return duration;
  }

  private Answer end(Call call) {
    AuditLog.Act act = call.does("end links", "dashboards", "all signed links");
    site.store()
        .access()
        .newLinkSecret(new AuditLog.Note(site.environment(), act, site.clock().instant()));
    return Answer.json(Json.object("ended", true));
  }

  /**
   * What the link of a call allows; empty when it has none and comes in otherwise.
   *
   * @throws Refusal a 403 when the link is over, of another dashboard, or was never made here
   */
  Optional<Opened> of(Call call) {
    Optional<String> signature = call.text(SIGNATURE);
    if (signature.isEmpty()) {
      call.principal(); // who has neither is not let in
      return Optional.empty();
    }
    Opened opened = opened(signature.get());
    if (!opened.dashboard().equals(call.path("name"))) {
      throw over();
    }
    return Optional.of(opened);
  }

  private Opened opened(String signature) {
    int dot = signature.indexOf('.');
    if (dot < 0 || signature.length() > 2 * LONGEST_TEXT) {
      throw over();
    }
    String text = signature.substring(0, dot);
    boolean ours =
        MessageDigest.isEqual(
            mac(text).getBytes(StandardCharsets.US_ASCII),
            signature.substring(dot + 1).getBytes(StandardCharsets.UTF_8));
    if (!ours) {
      throw over();
    }
    Map<String, @Nullable Object> payload = Call.json(Base64.getUrlDecoder().decode(text));
    if (!(payload.get("e") instanceof Long ends)
        || site.clock().instant().getEpochSecond() >= ends) {
      throw over();
    }
    return new Opened(String.valueOf(payload.get("d")), fixed(Call.object(payload, "f")));
  }

  private static Refusal over() {
    return Refusal.of(403, "this link is not valid any more", "ask who gave it to you for another");
  }

  private String mac(String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(site.store().access().linkSecret(), mac.getAlgorithm()));
      mac.update("dashboard\n".getBytes(StandardCharsets.US_ASCII));
      return encoded(mac.doFinal(text.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HMAC-SHA256", e);
    }
  }

  private static String encoded(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
