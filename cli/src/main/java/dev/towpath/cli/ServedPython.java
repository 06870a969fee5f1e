package dev.towpath.cli;

import dev.towpath.core.project.Project;
import dev.towpath.server.Painter;
import dev.towpath.spi.Beat;
import dev.towpath.spi.PythonRunner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * The Python that draws for people while a server runs: for each version of the project that
 * somebody looks at its own, which is ended when nobody has asked for a while. Thread-safe.
 */
final class ServedPython implements Painter, AutoCloseable {
  private static final Duration IDLE = Duration.ofMinutes(5);
  private static final Duration PAUSE = Duration.ofSeconds(20);

  private final Function<Project, PythonRunner> opener;
  private final Map<Version, Open> open = new HashMap<>();
  private final Beat beat = new Beat("served-python", PAUSE);
  private boolean closed;

  /** A project as it was loaded: its packages and its secrets are those of then. */
  private record Version(Path files, UnaryOperator<String> redaction) {}

  /** A runner, how many draw by it, and when the last one was done. */
  private static final class Open {
    private final PythonRunner runner;
    private int users;
    private long used = System.nanoTime();

    Open(PythonRunner runner) {
      this.runner = runner;
    }
  }

  /** Opens nothing yet. */
  ServedPython(Function<Project, PythonRunner> opener) {
    this.opener = opener;
    var _ = beat.at(this::tidy);
  }

  @Override
  public String draw(Project project, PythonRunner.Drawing drawing) {
    Open python = enter(project);
    try {
      return python.runner.draw(drawing);
    } finally {
      leave(python);
    }
  }

  private synchronized Open enter(Project project) {
    if (closed) {
      throw new dev.towpath.spi.CancelledException();
    }
    Version version = new Version(project.files(), project.redaction());
    Open python = open.computeIfAbsent(version, _ -> new Open(opener.apply(project)));
    python.users++;
    return python;
  }

  private synchronized void leave(Open python) {
    python.users--;
    python.used = System.nanoTime();
  }

  private void tidy() {
    List<Open> idle = new ArrayList<>();
    synchronized (this) {
      long now = System.nanoTime();
      open.values()
          .removeIf(python -> {
            boolean done = python.users == 0 && now - python.used > IDLE.toNanos();
            if (done) {
              idle.add(python);
            }
            return done;
          });
    }
    idle.forEach(python -> python.runner.close());
  }

  @Override
  public void close() {
    beat.close();
    List<Open> all;
    synchronized (this) {
      closed = true;
      all = List.copyOf(open.values());
      open.clear();
    }
    all.forEach(python -> python.runner.close());
  }
}
