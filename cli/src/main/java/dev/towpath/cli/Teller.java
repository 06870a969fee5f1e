package dev.towpath.cli;

import dev.towpath.core.project.Flow;
import dev.towpath.core.project.Project;
import dev.towpath.core.tell.Courier;
import dev.towpath.core.tell.FreshnessWatch;
import dev.towpath.core.tell.Letters;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.MailServer;
import dev.towpath.spi.TowpathException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Tells people what is owed to them, on a thread of its own, until it is closed. What goes wrong is
 * said and tried again: no failure of it may end a server.
 */
final class Teller implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(15);
  private static final Duration LOOK = Duration.ofMinutes(1);
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final Supplier<Project> project;
  private final Consumer<String> say;
  private final Courier courier;
  private final FreshnessWatch freshness;
  private final Thread thread;
  private long nextLook = System.nanoTime();

  private Teller(Platform platform, Supplier<Project> project, Consumer<String> say) {
    String environment = platform.environment().name();
    this.project = project;
    this.say = say;
    this.courier =
        new Courier(
            environment,
            platform.store().outbox(),
            project,
            new Letters(platform.store().flows()),
            Bundled.notifiers(() -> mail(project.get())),
            platform.clock(),
            say);
    this.freshness = new FreshnessWatch(environment, platform.store(), platform.clock());
    this.thread = Thread.ofVirtual().name("teller").unstarted(this::run);
  }

  /**
   * Starts telling.
   *
   * @param platform its store is used until this is closed
   * @param project as it is now
   * @param say hears of what could not be told
   */
  static Teller start(Platform platform, Supplier<Project> project, Consumer<String> say) {
    Teller teller = new Teller(platform, project, say);
    missing(project.get()).distinct().forEach(say);
    teller.thread.start();
    return teller;
  }

  /** What would keep people from being told in the night, for the person who starts it by day. */
  private static Stream<String> missing(Project project) {
    Stream<Flow.Notice> notices =
        Stream.concat(
            project.flows().stream().flatMap(f -> f.notices().stream()),
            project.telling().notices().stream());
    return notices.flatMap(notice ->
        Stream.concat(Stream.of(notice.target()), notice.secret().stream())
            .flatMap(text -> problem(project, text).stream())
            .map(p -> notice.location() + ": warning: nobody can be told here: " + p));
  }

  private static Optional<String> problem(Project project, String text) {
    try {
      project.variables().resolve(text);
      return Optional.empty();
    } catch (TowpathException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** The mail server of a project. */
  static Optional<MailServer> mail(Project project) {
    return project
        .telling()
        .mail()
        .map(mail ->
            new MailServer(
                project.variables().resolve(mail.host()),
                mail.port(),
                project.variables().resolve(mail.from()),
                mail.user().map(project.variables()::resolve),
                mail.password().map(project.variables()::resolve),
                mail.tls()));
  }

  private void run() {
    while (!Thread.currentThread().isInterrupted()) {
      Duration pause = PAUSE;
      try {
        look();
        if (courier.deliver() > 0) {
          continue;
        }
      } catch (CancelledException e) {
        return;
      } catch (TowpathException e) {
        say.accept("nobody can be told anything now: " + e.getMessage());
        pause = AFTER_FAILURE;
      } catch (RuntimeException e) { // a mistake of ours, which shall not silence the server
        say.accept("nobody can be told anything now: this is a mistake in towpath itself: " + e);
        pause = AFTER_FAILURE;
      }
      try {
        Thread.sleep(pause);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void look() {
    long time = System.nanoTime(); // a wall clock may go back
    if (time - nextLook >= 0) {
      nextLook = time + LOOK.toNanos();
      freshness.look(project.get());
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    boolean interrupted = Thread.interrupted();
    try {
      thread.join(GRACE);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
