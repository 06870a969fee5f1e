package dev.towpath.task.dashboard;

import dev.towpath.spi.DashboardRenderer;
import dev.towpath.spi.DashboardRenderer.Made;
import dev.towpath.spi.JobRunner;
import dev.towpath.spi.Problem;
import dev.towpath.spi.TowpathException;
import dev.towpath.task.http.Answer;
import dev.towpath.task.http.Exchange;
import dev.towpath.task.http.Request;
import dev.towpath.task.notify.Mailer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Makes a file of a dashboard and brings it to people: to addresses by e-mail, to a URL as the body
 * of a POST, or into a folder. All are tried; the job fails when one was not reached, and a retry
 * brings it to all again.
 */
public final class DashboardRunner implements JobRunner {
  private static final Set<String> KEYS =
      Set.of("dashboard", "format", "block", "filters", "to", "subject", "text");
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final long MOST_SENT = 25L << 20;

  private final DashboardRenderer renderer;
  private final Mailer mailer;
  private final Exchange exchange;
  private final Clock clock;

  public DashboardRunner(
      DashboardRenderer renderer, Mailer mailer, Exchange exchange, Clock clock) {
    this.renderer = renderer;
    this.mailer = mailer;
    this.exchange = exchange;
    this.clock = clock;
  }

  @Override
  public String type() {
    return "dashboard";
  }

  @Override
  public Set<String> keys() {
    return KEYS;
  }

  @Override
  public List<Problem> check(Job job) {
    List<Problem> problems = new ArrayList<>();
    if (job.text("dashboard").filter(t -> !t.isBlank()).isEmpty()) {
      problems.add(
          Problem.error(
              job.at("dashboard"), "a dashboard job needs \"dashboard\"", "write its name"));
    }
    Optional<String> format = job.text("format");
    if (format.filter(f -> !f.contains("${") && !renderer.formats().contains(f)).isPresent()) {
      problems.add(
          Problem.error(
              job.at("format"),
              "\"" + format.get() + "\" is no format of a dashboard",
              "it is one of " + String.join(", ", renderer.formats())));
    }
    if (to(job).isEmpty()) {
      problems.add(
          Problem.error(
              job.at("to"),
              "a dashboard job needs \"to\"",
              "write to: and e-mail addresses, URLs or a folder"));
    }
    if (job.options().containsKey("filters") && !(job.options().get("filters") instanceof Map)) {
      problems.add(
          Problem.error(
              job.at("filters"), "\"filters\" must be a map", "write filters: {carrier: UA}"));
    }
    return problems;
  }

  private static List<String> to(Job job) {
    return switch (job.options().get("to")) {
      case null -> List.of();
      case List<?> list -> list.stream().map(String::valueOf).filter(t -> !t.isBlank()).toList();
      case Object one -> one.toString().isBlank() ? List.of() : List.of(one.toString());
    };
  }

  private static Map<String, List<String>> filters(Job job) {
    Map<String, List<String>> filters = new LinkedHashMap<>();
    if (job.options().get("filters") instanceof Map<?, ?> map) {
      map.forEach((name, value) -> {
        if (value instanceof Map<?, ?> ends) { // of a range
          ends.forEach((end, text) -> filters.put(name + "." + end, List.of(text.toString())));
        } else {
          filters.put(
              name.toString(),
              value instanceof List<?> list
                  ? list.stream().map(String::valueOf).toList()
                  : List.of(String.valueOf(value)));
        }
      });
    }
    return filters;
  }

  @Override
  public void run(Job job, Context context) {
    DashboardRenderer.Order order =
        new DashboardRenderer.Order(
            job.text("dashboard").orElseThrow(),
            job.text("format").orElse("html"),
            job.text("block"),
            filters(job));
    renderer.render(order, made -> deliver(job, context, made));
  }

  private void deliver(Job job, Context context, Made made) {
    long bytes = size(made.file());
    context
        .log()
        .line("made " + made.name() + " of release " + made.release() + ", " + bytes + " bytes");
    List<String> mails = to(job).stream().filter(DashboardRunner::isMail).toList();
    List<String> failures = new ArrayList<>();
    if (!mails.isEmpty()) {
      attempt(failures, () -> mail(job, context, made, mails, bytes));
    }
    for (String place : to(job)) {
      if (!isMail(place)) {
        attempt(
            failures,
            () -> {
              if (place.contains("://")) {
                post(context, made, place, bytes);
              } else {
                keep(job, context, made, place);
              }
            });
      }
    }
    context.outputs().put("release", made.release());
    context.outputs().put("bytes", bytes);
    if (!failures.isEmpty()) {
      throw new TowpathException(String.join("; ", failures), "the others have it");
    }
  }

  private static void attempt(List<String> failures, Runnable delivery) {
    try {
      delivery.run();
    } catch (dev.towpath.spi.CancelledException e) {
      throw e;
    } catch (TowpathException e) {
      failures.add(e.getMessage() + e.hint().map(h -> " (" + h + ")").orElse(""));
    }
  }

  private static boolean isMail(String place) {
    return place.contains("@") && !place.contains("://");
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new TowpathException("the file is gone: " + e.getMessage(), null, e);
    }
  }

  private static void requireSmall(Made made, long bytes) {
    if (bytes > MOST_SENT) {
      throw new TowpathException(
          made.name() + " is larger than " + (MOST_SENT >> 20) + " MiB and is not sent",
          "show less, or bring it to a folder");
    }
  }

  private void mail(Job job, Context context, Made made, List<String> to, long bytes) {
    requireSmall(made, bytes);
    StringBuilder text = new StringBuilder();
    job.text("text").ifPresent(t -> text.append(t.strip()).append("\n\n"));
    text.append(made.title()).append(", release ").append(made.release()).append('\n');
    made.filters()
        .forEach((name, value) -> text.append(name).append(": ").append(value).append('\n'));
    String id =
        context.variables().getOrDefault("TOWPATH_RUN", UUID.randomUUID().toString())
            + "."
            + job.name();
    mailer.send(
        new Mailer.Letter(
            id,
            String.join(", ", to),
            job.text("subject").orElse(made.title()),
            text.toString(),
            Optional.of(new Mailer.Attachment(made.file(), made.name(), made.type()))),
        "to:");
    context.log().line("sent to " + String.join(", ", to));
  }

  private void post(Context context, Made made, String url, long bytes) {
    requireSmall(made, bytes);
    URI uri = Request.url("to", url);
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", made.type());
    headers.put(
        "Content-Disposition",
        "attachment; filename=\"" + made.name().replaceAll("[^\\x20-\\x7e]|[\"\\\\]", "_") + "\"");
    headers.put("Towpath-Release", Long.toString(made.release()));
    try {
      Answer answer =
          exchange.ask(
              new Request(
                  "POST",
                  uri,
                  headers,
                  Optional.of(Files.readAllBytes(made.file())),
                  "POST to " + uri.getHost()),
              PATIENCE);
      if (answer.status() / 100 != 2) {
        throw new TowpathException(
            uri.getHost() + " answered " + answer.words(), "see whether the URL is still right");
      }
    } catch (IOException e) {
      throw new TowpathException("the file is gone: " + e.getMessage(), null, e);
    }
    context.log().line("posted to " + uri.getHost());
  }

  /** Puts the file into a folder, whole or not at all; one of the same day is replaced. */
  private void keep(Job job, Context context, Made made, String folder) {
    Path target =
        job.project()
            .resolve(folder)
            .resolve(LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC) + "-" + made.name());
    Path part = target.resolveSibling("." + UUID.randomUUID() + ".part");
    try {
      Files.createDirectories(target.toAbsolutePath().getParent());
      Files.copy(made.file(), part);
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new TowpathException(
          "cannot write into " + folder + ": " + e.getMessage(), "see its rights and its disk", e);
    }
    context.log().line("put into " + folder);
  }
}
