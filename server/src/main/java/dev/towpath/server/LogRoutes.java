package dev.towpath.server;

import dev.towpath.core.store.FlowRun;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the jobs and models of a run printed. The files are short: they are cut in the middle. */
final class LogRoutes {
  private static final String ENDING = ".log";
  private static final long LOOK_MILLIS = 250;
  private static final long BEAT_MILLIS = 10_000;
  private static final Pattern PLACE = Pattern.compile("\\d{1,18}");
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d{1,18})-(\\d{0,18})");

  private final Site site;
  private final EventHub hub;

  LogRoutes(Site site, EventHub hub) {
    this.site = site;
    this.hub = hub;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/api/v1/runs/{run}/logs", "listLogs", "Which tasks of a run printed something")
            .tag("runs")
            .path("run", "Its id")
            .gives(
                200,
                "Logs",
                Schemas.object(
                    "logs",
                    Schemas.list(
                        Schemas.object(
                            "log",
                            Schemas.text("Its name, such as job.fetch"),
                            "bytes",
                            Schemas.whole("Its length")))))
            .by(call -> Answer.json(list(RunRoutes.find(site, call, call.path("run"))))),
        Route.get(
                "/api/v1/runs/{run}/logs/{log}",
                "getLog",
                "What a task printed: as text, or as it comes")
            .tag("runs")
            .path("run", "Its id")
            .path("log", "Such as job.fetch")
            .header("Range", "Such as bytes=1000-: from there on")
            .header("Accept", "text/event-stream follows it until the run is over")
            .header("Last-Event-ID", "How far it was followed before")
            .gives(
                new Route.Answers(
                    200,
                    "The log; followed, each event is one `line` with the place behind it as id,"
                        + " and `end` is the last",
                    Map.of(
                        "text/plain",
                        Json.object("type", "string"),
                        Sse.TYPE,
                        Json.object("type", "string"))))
            .gives(206, "A part of it", "text/plain", Json.object("type", "string"))
            .by(this::log));
  }

  private Map<String, @Nullable Object> list(FlowRun run) {
    List<Map<String, @Nullable Object>> logs = new ArrayList<>();
    for (Path file : files(run)) {
      logs.add(Json.object("log", name(file), "bytes", read(file).length));
    }
    return Json.object("logs", logs);
  }

  private static String name(Path file) {
    String name = file.getFileName().toString();
    return name.substring(0, name.length() - ENDING.length());
  }

  /** The logs of a run, and of the run of tables that it started. */
  private List<Path> files(FlowRun run) {
    List<Path> all = new ArrayList<>();
    for (String id : Stream.concat(Stream.of(run.id()), run.run().stream()).toList()) {
      Path folder = site.logs().resolve(id);
      if (!Files.isDirectory(folder)) {
        continue;
      }
      try (Stream<Path> files = Files.list(folder)) {
        files.filter(f -> f.toString().endsWith(ENDING)).sorted().forEach(all::add);
      } catch (IOException e) {
        throw new TowpathException("the logs cannot be read: " + e.getMessage(), null, e);
      }
    }
    return all;
  }

  /** A log by its name among those that are there, so that no name leads elsewhere. */
  private Optional<Path> file(FlowRun run, String log) {
    return files(run).stream().filter(f -> name(f).equals(log)).findFirst();
  }

  private Answer log(Call call) {
    FlowRun run = RunRoutes.find(site, call, call.path("run"));
    String log = call.path("log");
    boolean follow = call.accepted(List.of("text/plain", Sse.TYPE)).equals(Sse.TYPE);
    if (follow) {
      long from = call.text("Last-Event-ID").map(LogRoutes::place).orElse(0L);
      if (!hub.join(EventRoutes.MOST_FOLLOWERS)) {
        throw Refusal.of(
            503, "too many clients follow events and logs", "close some", "Retry-After", "10");
      }
      return new Answer.Stream(
          Sse.TYPE,
          out -> {
            try {
              follow(out, call, run.id(), log, from);
            } finally {
              hub.leave();
            }
          });
    }
    Path file =
        file(run, log)
            .orElseThrow(() ->
                Refusal.of(
                    404,
                    "the run has no log \"" + log + "\"",
                    "GET /api/v1/runs/" + run.id() + "/logs lists them"));
    byte[] all = read(file);
    return call.text("Range").isPresent()
        ? part(all, call.text("Range").get())
        : text(200, all, Map.of());
  }

  private static long place(String text) {
    if (!PLACE.matcher(text).matches()) {
      throw Refusal.bad("Last-Event-ID", "this is no place in a log", "it is a number");
    }
    return Long.parseLong(text);
  }

  private static Answer text(int status, byte[] bytes, Map<String, String> headers) {
    return new Answer.Whole(
        status, "text/plain", new String(bytes, StandardCharsets.UTF_8), headers);
  }

  private static Answer part(byte[] all, String range) {
    Matcher matcher = RANGE.matcher(range);
    if (!matcher.matches()) {
      return text(200, all, Map.of()); // as the standard says of ranges that are not understood
    }
    long from = Long.parseLong(matcher.group(1));
    long to =
        matcher.group(2).isEmpty()
            ? all.length - 1L
            : Math.min(Long.parseLong(matcher.group(2)), all.length - 1L);
    if (from > to) {
      throw Refusal.of(
          416,
          "the log has no byte " + from,
          "it has " + all.length,
          "Content-Range",
          "bytes */" + all.length);
    }
    return text(
        206,
        Arrays.copyOfRange(all, Math.toIntExact(from), Math.toIntExact(to + 1)),
        Map.of("Content-Range", "bytes " + from + "-" + to + "/" + all.length));
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return new byte[0]; // it has been removed meanwhile
    } catch (IOException e) {
      throw new TowpathException("the log cannot be read: " + e.getMessage(), null, e);
    }
  }

  /** What a file has from a place on. */
  private static byte[] read(Path file, long from) {
    try (SeekableByteChannel open = Files.newByteChannel(file)) {
      ByteBuffer bytes = ByteBuffer.allocate((int) Math.max(0, open.size() - from));
      open.position(from);
      while (bytes.hasRemaining() && open.read(bytes) >= 0) {
        // a file is read in as many pieces as the system likes
      }
      return Arrays.copyOf(bytes.array(), bytes.position());
    } catch (NoSuchFileException e) {
      return new byte[0]; // it has been removed meanwhile
    } catch (IOException e) {
      throw new TowpathException("the log cannot be read: " + e.getMessage(), null, e);
    }
  }

  private void follow(OutputStream out, Call call, String id, String log, long from)
      throws IOException {
    Sse sse = new Sse(out);
    long at = from;
    long silent = 0;
    try {
      while (!hub.isClosed()) {
        // the run before the file, so that its end is not missed
        Optional<FlowRun> seen = call.stillIn().flatMap(who -> RunRoutes.seen(site, who, id));
        if (seen.isEmpty()) {
          return;
        }
        FlowRun run = seen.get();
        long before = at;
        byte[] added = file(run, log).map(file -> read(file, before)).orElse(new byte[0]);
        at = lines(sse, added, at, run.state().isOver());
        if (run.state().isOver()) {
          sse.event("end", Long.toString(at), run.state().name());
          return;
        }
        silent = at > before ? 0 : silent + LOOK_MILLIS;
        if (silent >= BEAT_MILLIS) {
          sse.beat();
          silent = 0;
        }
        Thread.sleep(LOOK_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Sends whole lines, and what is left at the end when no more will come. */
  private static long lines(Sse sse, byte[] added, long from, boolean over) throws IOException {
    int at = 0;
    int start = 0;
    while (at < added.length) {
      if (added[at++] == '\n') {
        sse.event(
            "line",
            Long.toString(from + at),
            new String(added, start, at - 1 - start, StandardCharsets.UTF_8));
        start = at;
      }
    }
    if (over && start < added.length) {
      String rest = new String(added, start, added.length - start, StandardCharsets.UTF_8);
      sse.event("line", Long.toString(from + added.length), rest);
      start = added.length;
    }
    return from + start;
  }
}
