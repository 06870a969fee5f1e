package dev.towpath.cli;

import dev.towpath.core.check.Checked;
import dev.towpath.core.flow.Executor;
import dev.towpath.pgwire.PgServer;
import dev.towpath.server.Entrance;
import dev.towpath.server.HttpServer;
import dev.towpath.server.ServerFile;
import dev.towpath.server.Tls;
import dev.towpath.server.Token;
import dev.towpath.server.reading.Limits;
import dev.towpath.spi.TowpathException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "serve",
    description =
        "Runs the flows as they are due and answers HTTP, until stopped. Follows changes of the"
            + " project's files.")
final class ServeCommand extends BaseCommand {
  private static final Duration QUERY_TIME = Duration.ofSeconds(60);
  private static final int MOST_PORT = 65_535;

  @Option(
      names = "--host",
      paramLabel = "H",
      description = "The address to listen at (default: ${DEFAULT-VALUE}).",
      defaultValue = "127.0.0.1")
  private String host = "";

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "The port; 0 takes any that is free (default: ${DEFAULT-VALUE}).",
      defaultValue = "8787")
  private int port;

  @Option(
      names = "--pg-port",
      paramLabel = "N",
      description =
          "A port for PostgreSQL's clients; 0 takes any that is free. Without it they are not"
              + " answered.")
  private @Nullable Integer pgPort;

  @Option(
      names = "--behind-proxy",
      paramLabel = "URL",
      description =
          "Where people reach the server through a proxy that ends TLS, such as"
              + " https://data.example.org. It or --tls-cert is needed to listen beyond this machine.")
  private @Nullable String proxy;

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "The server's certificate and those that lead to a root, as PEM: speak TLS.")
  private @Nullable Path certificate;

  @Option(names = "--tls-key", paramLabel = "FILE", description = "The certificate's key, as PEM.")
  private @Nullable Path key;

  @Option(
      names = "--slots",
      paramLabel = "N",
      description =
          "Tasks that this process does at a time; 0 leaves them to workers (default:"
              + " ${DEFAULT-VALUE}).",
      defaultValue = "512")
  private int slots;

  @Option(
      names = "--hot-tables",
      paramLabel = "MB",
      description =
          "Megabytes of disk for copies of tables that are read often, in a format that answers"
              + " quicker; 0 makes none (default: ${DEFAULT-VALUE}).",
      defaultValue = "2048")
  private int hot;

  @Override
  public Integer call() {
    if (hot < 0) {
      throw new UsageException("--hot-tables cannot be " + hot, "it is a number of megabytes");
    }
    if (slots < 0 || slots > Executor.MOST_RUNNING) {
      throw new UsageException(
          "--slots cannot be " + slots, "it is a number from 0 to " + Executor.MOST_RUNNING);
    }
    Optional<URI> outside = Optional.ofNullable(proxy).map(ServeCommand::outside);
    requirePort("--port", port);
    if (pgPort != null) {
      requirePort("--pg-port", pgPort);
    }
    Optional<Tls> tls = tls();
    boolean open = isOpen();
    if (open && tls.isEmpty() && outside.isEmpty()) {
      throw new UsageException(
          "--host " + host + " is reached from other machines, without TLS",
          "give --tls-cert and --tls-key, or put a proxy with TLS before it and say so:"
              + " --behind-proxy https://NAME");
    }
    try (Platform platform = platform();
        Interrupts interrupts = Interrupts.watch()) {
      if (open && platform.store().access().users().isEmpty()) {
        throw new UsageException(
            "--host " + host + " is reached from other machines, and there is no user",
            "\"towpath user add NAME\" makes one; the local token is for this machine");
      }
      serve(platform, interrupts, new HttpServer.Options(host, port, tls, outside, QUERY_TIME));
      console().err().println("stopped");
      return Main.OK;
    }
  }

  private void serve(Platform platform, Interrupts interrupts, HttpServer.Options http) {
    ProjectVersions versions = new ProjectVersions(platform.project().root());
    ProjectVersions.Pinned first = versions.now(options());
    Checked checked = first.checked().orThrow();
    checked.problems().forEach(p -> console().err().println(p.toString()));
    platform.claimLake();
    ProjectWatch watch = new ProjectWatch(options(), versions, first, console().err()::println);
    Heartbeat heartbeat = new Heartbeat();
    ServerFile file = new ServerFile(platform.workDirectory());
    Limits limits =
        Limits.of(http.queryTime(), Math.max(4, Runtime.getRuntime().availableProcessors()));
    try (ServedProject site =
        new ServedProject(
            options(), platform, watch, heartbeat, limits, (long) hot << 20, console())) {
      Entrance entrance = new Entrance(site, Token.in(platform.workDirectory()));
      try (HttpServer server =
              HttpServer.start(site, platform.store().events(), entrance, http, this::mistake);
          PgServer postgres = postgres(site, entrance, checked, http.tls())) {
        interrupts.also(() -> {
          site.stop();
          server.stop(); // while the flows' runs are given their time to end
        });
        file.write(
            server.url(),
            Optional.ofNullable(postgres).map(PgServer::port),
            platform.environment().name(),
            platform.clock().instant());
        say(server, postgres, checked, platform);
        new FlowServer(options(), platform, watch, heartbeat, slots, console(), site.building())
            .serve();
      }
    } finally {
      file.remove();
    }
  }

  private static void requirePort(String option, int port) {
    if (port < 0 || port > MOST_PORT) {
      throw new UsageException(
          option + " cannot be " + port, "it is a number from 0 to " + MOST_PORT);
    }
  }

  private @Nullable PgServer postgres(
      ServedProject site, Entrance entrance, Checked checked, Optional<Tls> tls) {
    if (pgPort == null) {
      return null;
    }
    PgServer.Options postgres =
        PgServer.Options.of(host, pgPort, checked.project().name(), tls.map(Tls::context));
    return PgServer.start(site.lakehouse(), entrance, postgres, this::mistake);
  }

  private void say(
      HttpServer server, @Nullable PgServer postgres, Checked checked, Platform platform) {
    console()
        .err()
        .println(
            "serving "
                + Console.count(checked.project().flows().size(), "flow")
                + " in "
                + platform.environment().name()
                + " at "
                + server.url()
                + (postgres == null ? "" : "; PostgreSQL's clients at port " + postgres.port())
                + "; Ctrl-C stops");
  }

  private void mistake(String where, Throwable e) {
    console().err().println("error: this is a mistake in towpath itself: " + where + ": " + e);
    if (options().debug()) {
      e.printStackTrace(console().err());
    }
  }

  private static URI outside(String url) {
    try {
      URI uri = URI.create(url);
      boolean known = "https".equals(uri.getScheme()); // else there would be TLS nowhere
      boolean whole = uri.getPath() == null || uri.getPath().isEmpty() || uri.getPath().equals("/");
      if (known && uri.getHost() != null && uri.getUserInfo() == null && whole) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw wrongProxy(url);
    }
    throw wrongProxy(url);
  }

  private static UsageException wrongProxy(String url) {
    return new UsageException(
        "--behind-proxy cannot be \"" + url + "\"",
        "the proxy has TLS: write https and its name, such as https://data.example.org");
  }

  private Optional<Tls> tls() {
    Path chain = certificate;
    Path secret = key;
    if (chain == null && secret == null) {
      return Optional.empty();
    }
    if (chain == null || secret == null) {
      throw new UsageException(
          "TLS needs a certificate and its key", "give both --tls-cert and --tls-key");
    }
    return Optional.of(Tls.read(chain, secret, clock().instant()));
  }

  /**
   * Whether it listens beyond this machine. Whoever reaches the API can run jobs, and without TLS
   * anybody on the way reads what lets them in.
   */
  private boolean isOpen() {
    try {
      return !Stream.of(InetAddress.getAllByName(host)).allMatch(InetAddress::isLoopbackAddress);
    } catch (UnknownHostException e) {
      throw new TowpathException(
          "unknown host \"" + host + "\"", "--host takes an address of this machine", e);
    }
  }
}
