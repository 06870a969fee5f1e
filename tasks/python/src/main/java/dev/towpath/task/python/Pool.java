package dev.towpath.task.python;

import dev.towpath.spi.CancelledException;
import dev.towpath.spi.PythonRunner;
import dev.towpath.spi.TowpathException;
import dev.towpath.task.process.OutputLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Interpreters that are kept for the next task. A task has one to itself; one that failed, or that
 * a task left in disorder, is ended and another takes its place. Thread-safe.
 */
public final class Pool implements PythonRunner {
  private final Interpreters interpreters;
  private final Path root;
  private final Path files;
  private final UnaryOperator<String> mask;
  private final Semaphore slots;
  private final AtomicLong ids = new AtomicLong();
  private final Deque<Worker> idle = new ArrayDeque<>();
  private final Set<Worker> all = new HashSet<>();
  private int starting;
  private boolean closed;
  private @Nullable Scratch scratch;

  /**
   * A pool; starts nothing yet.
   *
   * @param root the project's folder, where the children work
   * @param most tasks at a time
   * @param mask takes secrets out of what they print
   */
  public Pool(Interpreters interpreters, Path root, int most, UnaryOperator<String> mask) {
    this(interpreters, root, root, most, mask);
  }

  /** A pool for a copy of the project's files. */
  public Pool(
      Interpreters interpreters, Path root, Path files, int most, UnaryOperator<String> mask) {
    this.interpreters = interpreters;
    this.root = root;
    this.files = files;
    this.mask = mask;
    this.slots = new Semaphore(most, true);
  }

  @Override
  public void prepare(int count, Set<String> modules) {
    int wanted = Math.min(count, slots.availablePermits());
    Thread.ofVirtual()
        .name("python-prepare")
        .start(() -> {
          Optional<Path> python = ready();
          for (int i = 0; i < wanted && python.isPresent(); i++) {
            Path path = python.get();
            Thread.ofVirtual().name("python-start").start(() -> warm(path, modules));
          }
        });
  }

  private Optional<Path> ready() {
    try {
      return interpreters.ready();
    } catch (TowpathException e) {
      return Optional.empty(); // whoever needs one asks again, and hears why there is none
    }
  }

  private void warm(Path python, Set<String> modules) {
    synchronized (this) {
      if (closed) {
        return;
      }
      starting++;
    }
    Worker worker = null;
    try {
      worker = start(python);
      worker.send(Map.of("op", "warm", "modules", modules));
    } catch (IOException | TowpathException e) {
      worker = null; // whoever needs one starts it, and hears why it fails
    } finally {
      synchronized (this) {
        starting--;
        if (worker != null && !closed) {
          idle.push(worker);
        }
        notifyAll();
      }
    }
  }

  private Worker start(Path python) {
    Worker worker =
        Worker.start(
            python,
            interpreters.home(),
            root,
            socket("w"),
            Map.of(
                "TOWPATH_FILES",
                files.toString(),
                "TOWPATH_PACKAGES",
                interpreters.packagesFile()));
    synchronized (this) {
      if (!closed) {
        all.add(worker);
        return worker;
      }
    }
    worker.close();
    throw new CancelledException();
  }

  private Path socket(String kind) {
    return folder().resolve(kind + ids.incrementAndGet());
  }

  private synchronized Path folder() {
    Scratch known = scratch;
    if (known == null) {
      known = Scratch.make();
      scratch = known;
    }
    return known.folder();
  }

  @Override
  public String draw(Drawing drawing) {
    acquire();
    Worker worker;
    try {
      worker = take();
    } catch (RuntimeException e) {
      slots.release();
      throw e;
    }
    DrawTask task =
        new DrawTask(
            ids.incrementAndGet(),
            drawing,
            worker,
            new OutputLog(drawing.log(), mask),
            files,
            root);
    try {
      return task.run();
    } finally {
      release(worker, task.isReusable());
    }
  }

  private void acquire() {
    try {
      slots.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    }
  }

  @Override
  public Building build(Model model) {
    acquire();
    Worker worker;
    try {
      worker = model.limits().alone() ? start(interpreters.python()) : take();
    } catch (RuntimeException e) {
      slots.release();
      throw e;
    }
    Task task;
    try {
      task =
          new Task(
              ids.incrementAndGet(),
              model,
              worker,
              new OutputLog(model.log(), mask),
              files,
              root,
              socket("o"),
              this::release);
    } catch (RuntimeException e) {
      release(worker, false);
      throw e;
    }
    try {
      return task.started();
    } catch (RuntimeException e) {
      task.close();
      throw e;
    }
  }

  /** One that is idle, or will be in a moment, or a new one. */
  private Worker take() {
    synchronized (this) {
      while (true) {
        Worker known = idle.poll();
        if (known != null && known.isAlive()) {
          return known;
        }
        if (known != null) {
          all.remove(known);
        } else if (starting > 0) {
          try {
            wait();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancelledException();
          }
        } else {
          break;
        }
      }
    }
    return start(interpreters.python());
  }

  private void release(Worker worker, boolean again) {
    synchronized (this) {
      if (again && !closed && worker.isAlive()) {
        idle.push(worker);
      } else {
        all.remove(worker);
        again = false;
      }
    }
    if (!again) {
      worker.close();
    }
    slots.release();
  }

  @Override
  public void close() {
    Set<Worker> left;
    Scratch sockets;
    synchronized (this) {
      closed = true;
      left = Set.copyOf(all);
      all.clear();
      idle.clear();
      sockets = scratch;
      scratch = null;
      notifyAll();
    }
    left.forEach(Worker::close);
    if (sockets != null) {
      sockets.close();
    }
  }
}
