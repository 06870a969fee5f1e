package dev.towpath.server;

import dev.towpath.core.access.Grants;
import dev.towpath.core.access.Principal;
import dev.towpath.core.store.EventStore;
import dev.towpath.spi.TowpathException;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import io.javalin.json.JsonMapper;
import io.javalin.util.JavalinBindException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;

/**
 * A site over HTTP, from {@link #start} until it is closed. Requests run on virtual threads. A
 * client that takes nothing for half a minute is dropped.
 */
public final class HttpServer implements AutoCloseable {
  private static final int HEADER_BYTES = 16 << 10;
  private static final Duration IDLE = Duration.ofSeconds(30);
  private static final Duration GRACE = Duration.ofSeconds(5);

  /** Until the head of a request is there, and until its body is. */
  private static final Duration ARRIVAL = Duration.ofMinutes(1);

  private static final int CONNECTIONS = 1_000;
  private static final String STARTED = "towpath.started";
  private static final String ROUTE = "towpath.route";
  private static final String VISITOR = "towpath.visitor";

  /** What every answer has, unless it says otherwise. */
  static final Map<String, String> HEADERS =
      Map.of(
          "X-Content-Type-Options", "nosniff",
          "Cache-Control", "no-store",
          "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'",
          "Referrer-Policy", "no-referrer",
          "Cross-Origin-Resource-Policy", "same-origin");

  static final String STRICT_TRANSPORT = "Strict-Transport-Security";
  static final String A_YEAR = "max-age=31536000";

  private final Javalin javalin;
  private final EventHub hub;
  private final Metrics metrics;
  private final Map<String, Route> routes = new HashMap<>();
  private final Options options;
  private final Arrivals arrivals;
  private final Entrance entrance;
  private final Endpoints endpoints;
  private final EndpointAnswers answers;
  private final BiConsumer<String, Throwable> mistakes;
  private @Nullable Guard guard;

  /**
   * What a server needs to know.
   *
   * @param port 0 for any that is free
   * @param tls what it needs to speak TLS, if it does
   * @param outside where people reach it through a proxy, if they do
   * @param queryTime how long a query may take
   */
  public record Options(
      String host, int port, Optional<Tls> tls, Optional<URI> outside, Duration queryTime) {}

  /**
   * Starts a server.
   *
   * @param entrance says who may come in
   * @param mistakes hears of failures that are mistakes of ours, and where they were
   * @throws TowpathException when it cannot have the port
   */
  public static HttpServer start(
      Site site,
      EventStore events,
      Entrance entrance,
      Options options,
      BiConsumer<String, Throwable> mistakes) {
    return new HttpServer(site, events, entrance, options, mistakes);
  }

  private HttpServer(
      Site site,
      EventStore events,
      Entrance entrance,
      Options options,
      BiConsumer<String, Throwable> mistakes) {
    this.options = options;
    // all who come through a proxy come from its address
    int each = options.outside().isPresent() ? CONNECTIONS : CONNECTIONS / 2;
    this.arrivals = new Arrivals(new Arrivals.Limits(CONNECTIONS, each, ARRIVAL));
    this.entrance = entrance;
    this.mistakes = mistakes;
    Sessions sessions = new Sessions(entrance);
    this.endpoints = new Endpoints(site);
    this.answers = new EndpointAnswers(site, options.queryTime(), entrance.seal());
    Edits edits = new Edits(site);
    this.hub =
        new EventHub(
            events,
            site.environment(),
            () -> {
              edits.look(this::tell);
              site.building().look(this::tell);
            });
    this.metrics = new Metrics(site, hub);
    metrics.answers(answers.kept());
    List<Route> all = new ArrayList<>();
    all.addAll(new HealthRoutes(site, metrics).routes());
    all.addAll(new ProjectRoutes(site).routes());
    all.addAll(new CatalogRoutes(site, options.queryTime()).routes());
    all.addAll(new ConnectionRoutes(site).routes());
    all.addAll(new GraphRoutes(site).routes());
    all.addAll(new FlowRoutes(site).routes());
    all.addAll(new RunRoutes(site).routes());
    all.addAll(new BackfillRoutes(site).routes());
    all.addAll(new LogRoutes(site, hub).routes());
    all.addAll(new BuildRoutes(site).routes());
    all.addAll(new ReleaseRoutes(site).routes());
    all.addAll(new QueryRoutes(site, options.queryTime()).routes());
    Dashboards dashboards =
        new Dashboards(
            () -> site.current().checked(),
            site.lakehouse(),
            options.queryTime(),
            site.painter(),
            site.logs());
    DashboardLinks links = new DashboardLinks(site, dashboards);
    all.addAll(new DashboardRoutes(site, dashboards, links).routes());
    all.addAll(links.routes());
    all.addAll(new EventRoutes(site, hub).routes());
    all.addAll(new HookRoutes(site).routes());
    all.addAll(new PeopleRoutes(site).routes());
    all.addAll(new SessionRoutes(entrance, sessions, () -> guard().cookie()).routes());
    all.addAll(new EndpointDocs(site, endpoints).routes());
    all.add(document(all, site));
    all.forEach(route -> routes.put(key(route.method(), route.path()), route));
    this.javalin = Javalin.create(config -> configure(config, all, site));
    bind();
    guard = new Guard(entrance, sessions, names(), port(), isTls(), options.outside());
    hub.start();
  }

  private void tell(String type, String data) {
    hub.tell(type, data);
  }

  private static Route document(List<Route> all, Site site) {
    List<Route> described = new ArrayList<>(all);
    Route route =
        Route.get("/api/v1/openapi.json", "getOpenApi", "This document")
            .tag("project")
            .gives(200, "An OpenAPI 3.1 document", Json.object("type", "object"))
            .by(_ ->
                Answer.json(
                    OpenApi.document(
                        new OpenApi.Info(
                            "Towpath",
                            site.version(),
                            "The API of a running Towpath server. Errors are problem documents"
                                + " (RFC 9457). x-role is what one must at least be to call an"
                                + " operation."),
                        described,
                        Shapes.all())));
    described.add(route);
    return route;
  }

  private boolean isTls() {
    return options.tls().isPresent();
  }

  /** What it is called by, besides what every server of this machine is. */
  private List<String> names() {
    List<String> names = new ArrayList<>(List.of(options.host()));
    options.tls().ifPresent(tls -> names.addAll(tls.names()));
    return names;
  }

  private void bind() {
    try {
      javalin.start();
    } catch (JavalinBindException e) {
      hub.close();
      arrivals.close();
      throw new TowpathException(
          "port " + options.port() + " of " + options.host() + " is taken",
          "another server has it, maybe \"towpath serve\"; --port N takes another, --port 0 any",
          e);
    } catch (RuntimeException e) {
      hub.close();
      arrivals.close();
      throw new TowpathException(
          "cannot listen at " + options.host() + ": " + cause(e),
          "--host names an address of this machine",
          e);
    }
  }

  private static String cause(Throwable e) {
    Throwable last = e;
    while (last.getCause() != null) {
      last = last.getCause();
    }
    return String.valueOf(last.getMessage());
  }

  private void configure(JavalinConfig config, List<Route> all, Site site) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.startup.startupWatcherEnabled = false;
    config.concurrency.useVirtualThreads = true;
    config.http.prefer405over404 = true;
    config.router.ignoreTrailingSlashes = false;
    config.jsonMapper(new JsonMapper() {}); // what goes in and out is written and read by Json
    config.jetty.modifyHttpConfiguration(HttpServer::configure);
    config.jetty.addConnector(this::connector);
    config.jetty.modifyServer(server -> {
      server.insertHandler(new ShortcutHandler(answers.shortcuts(), () -> guard, isTls(), metrics));
      server.insertHandler(new GracefulHandler());
      server.insertHandler(arrivals);
      server.setStopTimeout(GRACE.toMillis());
      server.setErrorHandler(new Errors());
    });
    config.routes.before(this::admit);
    all.forEach(route ->
        config.routes.addHttpHandler(
            HandlerType.findOrCreate(route.method()),
            route.path(),
            context -> send(context, route)));
    ConsoleFiles.register(config.routes, () -> site.current().checked().project().embedding());
    config.routes.exception(Refusal.class, (e, context) -> refuse(context, e));
    config.routes.exception(
        HttpResponseException.class, (e, context) -> refuse(context, unknown(context, e)));
    config.routes.exception(TowpathException.class, (e, context) -> refuse(context, Refusal.of(e)));
    config.routes.exception(Exception.class, this::mistake);
    config.routes.after(this::count);
  }

  private static void configure(HttpConfiguration http) {
    http.setRequestHeaderSize(HEADER_BYTES);
    http.setSendServerVersion(false);
    http.setSendDateHeader(true);
    http.setUriCompliance(UriCompliance.RFC3986);
  }

  private ServerConnector connector(Server server, HttpConfiguration http) {
    HttpConnectionFactory plain = new HttpConnectionFactory(http);
    ServerConnector connector =
        options
            .tls()
            .map(tls -> new ServerConnector(server, 1, 1, secure(tls, http), plain))
            .orElseGet(() -> new ServerConnector(server, 1, 1, plain));
    connector.addBean(arrivals);
    connector.setIdleTimeout(IDLE.toMillis());
    connector.setHost(options.host());
    connector.setPort(options.port());
    return connector;
  }

  private static SslConnectionFactory secure(Tls tls, HttpConfiguration http) {
    http.addCustomizer(new SecureRequestCustomizer(false)); // the guard looks at Host
    SslContextFactory.Server factory = new SslContextFactory.Server();
    factory.setSslContext(tls.context());
    factory.setIncludeProtocols("TLSv1.3", "TLSv1.2");
    return new SslConnectionFactory(factory, HttpVersion.HTTP_1_1.asString());
  }

  private static String key(String method, String path) {
    return method + " " + path;
  }

  private void admit(Context context) throws IOException {
    context.attribute(STARTED, System.nanoTime());
    Asker asker = Asker.of(context);
    HEADERS.forEach((name, value) -> header(context, name, value));
    if (isTls() && !Guard.isLoopback(asker)) {
      header(context, STRICT_TRANSPORT, A_YEAR);
    }
    Guard.Visitor visitor = guard().admit(asker, access(context));
    context.attribute(VISITOR, visitor);
    endpoint(context, visitor);
  }

  private Guard guard() {
    Guard current = guard;
    if (current == null) {
      throw Refusal.of(503, "the server starts", "try again", "Retry-After", "1");
    }
    return current;
  }

  /** What is at no path of ours may be at one that the project declares. */
  private void endpoint(Context context, Guard.Visitor visitor) throws IOException {
    String path = context.path();
    if (path.startsWith("/api/") || routes.containsKey(key("GET", path))) {
      return;
    }
    String method = context.method().equals(HandlerType.HEAD) ? "GET" : context.method().name();
    Grants grants = visitor.who().map(Principal::grants).orElse(Grants.NONE);
    Optional<Endpoints.Match> match = endpoints.find(method, path, grants);
    if (match.isPresent()) {
      Route route = match.get().route();
      context.attribute(ROUTE, route.path());
      allow(route, visitor);
      Sending.send(context, answers.answer(Call.unread(context, route, visitor), match.get()));
      context
          .skipRemainingHandlers(); // those that count, too; but they do when something is thrown
      count(context);
    }
  }

  private static void header(Context context, String name, String value) {
    context.header(name, value);
  }

  /** Who may call what is there; what is not there is nobody's business without a token. */
  private Route.Access access(Context context) {
    String path = context.path();
    String method = context.method().equals(HandlerType.HEAD) ? "GET" : context.method().name();
    Route exact = routes.get(key(method, path));
    if (exact != null) {
      return exact.access();
    }
    if (method.equals("GET") && DashboardRoutes.isLinked(path)) {
      return context.queryParam(DashboardLinks.SIGNATURE) == null
          ? Route.Access.TOKEN
          : Route.Access.LINK;
    }
    if (method.equals("GET") && ConsoleFiles.owns(path)) {
      return Route.Access.PAGE;
    }
    return path.startsWith("/api/v1/hooks/") && context.method().equals(HandlerType.POST)
        ? Route.Access.SIGNED
        : Route.Access.TOKEN;
  }

  /** Throws unless who has come in may do this; whichever way the request was led here. */
  private void allow(Route route, Guard.Visitor visitor) {
    if (route.access() != Route.Access.TOKEN) {
      return;
    }
    Principal who = visitor.who().orElseThrow(() -> Entrance.unauthorized("a token is needed"));
    if (!who.role().isAtLeast(route.role())) {
      String needs = "this needs the role " + route.role().word();
      entrance.decisions().forbidden(who, route.method() + " " + route.path(), needs);
      throw Refusal.of(403, needs, who.name() + " comes in as " + who.role().word()).noted();
    }
  }

  private void send(Context context, Route route) throws IOException {
    context.attribute(ROUTE, route.path());
    Guard.Visitor visitor = Objects.requireNonNull(context.attribute(VISITOR));
    allow(route, visitor);
    Sending.send(context, route.handler().answer(new Call(context, route, visitor)));
  }

  private void refuse(Context context, Refusal refusal) {
    note(context, refusal);
    refusal.headers().forEach((name, value) -> header(context, name, value));
    context.status(refusal.status());
    context.contentType("application/problem+json");
    context.result(refusal.json().getBytes(StandardCharsets.UTF_8));
  }

  /** Notes in the audit log what was decided about who may, unless that has been done. */
  private void note(Context context, Refusal refusal) {
    Guard present = guard;
    if (present == null || refusal.isNoted()) {
      return;
    }
    Guard.Visitor visitor = context.attribute(VISITOR);
    Optional<Principal> who = visitor == null ? Optional.empty() : visitor.who();
    String what = context.method() + " " + context.path();
    String why = String.valueOf(refusal.getMessage());
    Decisions decisions = entrance.decisions();
    switch (refusal.status()) {
      case 401, 403, 421 ->
          who.ifPresentOrElse(
              known -> decisions.forbidden(known, what, why),
              () ->
                  decisions.refused(
                      "unknown", "http", why, Guard.DOOR, present.from(Asker.of(context))));
      case 404 -> who.ifPresent(known -> decisions.hidden(known, what));
      default -> {
        // nothing about who may
      }
    }
  }

  /** What the router itself says. */
  private static Refusal unknown(Context context, HttpResponseException e) {
    if (e.getStatus() == 405) {
      String allowed = String.join(", ", e.getDetails().values()); // its name differs by Accept
      return Refusal.of(
          405, context.method() + " is not for this path", "use " + allowed, "Allow", allowed);
    }
    if (e.getStatus() == 404) {
      return Refusal.nothingHere();
    }
    return Refusal.of(e.getStatus(), Refusal.title(e.getStatus()), null);
  }

  private void mistake(Exception e, Context context) {
    mistakes.accept(context.method() + " " + context.path(), e);
    refuse(
        context,
        Refusal.of(500, "this is a mistake in towpath itself", "the server's output says more"));
  }

  private void count(Context context) {
    Object started = context.attribute(STARTED);
    Object route = context.attribute(ROUTE);
    if (started instanceof Long nanos) {
      metrics.answered(
          context.method().name(),
          route == null ? "none" : route.toString(),
          context.statusCode(),
          (System.nanoTime() - nanos) / 1e9);
    }
  }

  /** The port that it has. */
  public int port() {
    return javalin.port();
  }

  /** Where it is reached from this machine. */
  public URI url() {
    String host = options.host();
    boolean any = host.equals("0.0.0.0") || host.equals("::");
    String name = any ? "127.0.0.1" : host.contains(":") ? "[" + host + "]" : host;
    return URI.create((isTls() ? "https" : "http") + "://" + name + ":" + port());
  }

  /**
   * Takes no more requests, ends what follows, and lets the others finish for a few seconds. More
   * than one thread may ask for it.
   */
  public synchronized void stop() {
    boolean interrupted = Thread.interrupted(); // whoever stops is told so by an interrupt
    try {
      hub.close();
      javalin.stop();
      arrivals.close();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    stop();
  }
}
