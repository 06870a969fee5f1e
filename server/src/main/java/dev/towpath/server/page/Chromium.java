package dev.towpath.server.page;

import dev.towpath.server.Refusal;
import dev.towpath.spi.CancelledException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Prints pages by the Chromium of this machine, which shows nothing and reaches no network. It is
 * ended, with all its processes, when it takes too long.
 */
public final class Chromium {
  /** Names another one than what is on the PATH. */
  public static final String VARIABLE = "TOWPATH_CHROMIUM";

  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
  private static final Semaphore ONE = new Semaphore(1, true); // each takes some 300 MB
  private static final int PATIENCE_SECONDS = 90;
  private static final int WIDTH = 1280;
  private static final int MOST_HEIGHT = 16_000;
  private static final Pattern READY = Pattern.compile("<html[^>]* data-ready=\"yes\"");
  private static final Pattern HEIGHT = Pattern.compile("<html[^>]* data-height=\"(\\d{1,6})\"");

  private final Path folder;

  /** Prints into a folder. */
  public Chromium(Path folder) {
    this.folder = folder;
  }

  /** The program, if there is one. */
  static Optional<Path> program() {
    String named = System.getenv(VARIABLE);
    if (named != null && !named.isEmpty()) {
      Path path = Path.of(named);
      if (!Files.isExecutable(path)) {
        throw Refusal.of(
            503, VARIABLE + " names no program: " + named, "set it to a Chromium or Chrome");
      }
      return Optional.of(path);
    }
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Stream.of(path.split(java.io.File.pathSeparator, -1))
        .filter(part -> !part.isEmpty())
        .flatMap(part -> NAMES.stream().map(name -> Path.of(part, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Prints a page that says when it is drawn.
   *
   * @param pdf whether it becomes a PDF; else a picture of the whole page
   */
  public Path print(Path page, boolean pdf) {
    Path program =
        program()
            .orElseThrow(() ->
                Refusal.of(
                    503,
                    "PDF and PNG need a Chromium, and there is none on this machine",
                    "install chromium or google-chrome, or set "
                        + VARIABLE
                        + "; html, csv and xlsx need none"));
    Path target = folder.resolve("print-" + UUID.randomUUID() + (pdf ? ".pdf" : ".png"));
    Path profile = folder.resolve("chromium-" + UUID.randomUUID());
    try {
      ONE.acquire();
      try {
        String url = page.toAbsolutePath().toUri().toString();
        String drawn = run(program, profile, List.of("--dump-dom"), url);
        if (!READY.matcher(drawn).find()) {
          throw Refusal.of(
              503, "the page was not drawn within its time", "export html, or show fewer marks");
        }
        Matcher height = HEIGHT.matcher(drawn);
        int high = height.find() ? Integer.parseInt(height.group(1)) : WIDTH;
        run(
            program,
            profile,
            pdf
                ? List.of("--print-to-pdf=" + target, "--no-pdf-header-footer")
                : List.of(
                    "--screenshot=" + target,
                    "--window-size=" + WIDTH + "," + Math.clamp(high, 200, MOST_HEIGHT)),
            url);
      } finally {
        ONE.release();
        remove(profile);
      }
      if (!Files.exists(target)) {
        throw Refusal.of(503, "Chromium printed nothing", "try again, or export html");
      }
      return target;
    } catch (IOException e) {
      throw Refusal.of(503, "Chromium cannot be started: " + e.getMessage(), null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    }
  }

  /** Runs it; gives what it printed. */
  private String run(Path program, Path profile, List<String> task, String url)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(program.toString());
    command.addAll(
        List.of(
            "--headless",
            "--disable-gpu",
            "--hide-scrollbars",
            "--no-first-run",
            "--no-default-browser-check",
            "--disable-extensions",
            "--disable-background-networking",
            "--disable-dev-shm-usage",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--force-color-profile=srgb",
            "--window-size=" + WIDTH + ",900",
            "--virtual-time-budget=30000",
            "--user-data-dir=" + profile));
    if ("root".equals(System.getProperty("user.name"))) {
      command.add("--no-sandbox"); // its sandbox refuses to be root's
    }
    command.addAll(task);
    command.add(url);
    Path output = folder.resolve("chromium-" + UUID.randomUUID() + ".out");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(output.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw Refusal.of(
            504, "Chromium took longer than " + PATIENCE_SECONDS + " s", "export html instead");
      }
      if (process.exitValue() != 0) {
        throw Refusal.of(
            503,
            "Chromium ended with exit code " + process.exitValue(),
            "try " + program + " --version by hand");
      }
      return Files.readString(output, StandardCharsets.UTF_8);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      Files.deleteIfExists(output);
    }
  }

  private static void remove(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
