package dev.towpath.task.python;

import com.fasterxml.jackson.databind.JsonNode;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Column;
import dev.towpath.spi.PythonRunner;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import dev.towpath.task.process.OutputLog;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** One build in a worker: answers its questions, and passes its rows on. */
final class Task implements PythonRunner.Building {
  private static final long LAST_WORDS_SECONDS = 10;

  private final long id;
  private final PythonRunner.Model model;
  private final Worker worker;
  private final OutputLog log;
  private final Failure failures;
  private final Path socket;
  private final ServerSocketChannel server;
  private final Watch watch;
  private final Thread events;
  private final BiConsumer<Worker, Boolean> release;
  private final AtomicReference<@Nullable TowpathException> stopped = new AtomicReference<>();
  private final CompletableFuture<@Nullable Void> output = new CompletableFuture<>();
  private final CompletableFuture<Long> done = new CompletableFuture<>();
  private volatile boolean reusable;
  private volatile @Nullable Rows rows;

  /**
   * Sends the order.
   *
   * @param root the project's files, which may be a copy of those in its folder, {@code home}
   * @param socket where the rows come in; no file is there yet
   * @param release takes the worker back, and whether it may be used again
   */
  Task(
      long id,
      PythonRunner.Model model,
      Worker worker,
      OutputLog log,
      Path root,
      Path home,
      Path socket,
      BiConsumer<Worker, Boolean> release) {
    this.id = id;
    this.model = model;
    this.worker = worker;
    this.log = log;
    this.failures = new Failure(model.file(), model.text(), model.places(), root, home, log);
    this.socket = socket;
    this.release = release;
    worker.log(log::print);
    try {
      server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      server.bind(UnixDomainSocketAddress.of(socket));
      server.configureBlocking(false);
    } catch (IOException e) {
      throw new TowpathException("cannot open " + socket + ": " + e.getMessage(), null, e);
    }
    events = Thread.ofVirtual().name("python-events").unstarted(this::listen);
    watch =
        new Watch(
            model.name().toString(),
            worker,
            model.limits(),
            "read fewer columns, return an iterator of batches",
            this::stop);
    events.start();
  }

  /** Waits until rows come. */
  Task started() {
    CompletableFuture<?> first = CompletableFuture.anyOf(output, done);
    await(first);
    return this;
  }

  private void stop(TowpathException why) {
    stopped.compareAndSet(null, why);
    worker.close();
    events.interrupt(); // it may be copying a table for the child, which takes its time
  }

  private <T> T await(CompletableFuture<T> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stop(new CancelledException());
      throw new CancelledException();
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    }
  }

  private static RuntimeException failure(@Nullable Throwable cause) {
    return switch (cause) {
      case CompletionException e -> failure(e.getCause());
      case RuntimeException e -> e;
      case Error e -> throw e;
      case null, default -> new IllegalStateException(cause);
    };
  }

  private void listen() {
    try {
      worker.send(order());
      while (!done.isDone()) {
        Optional<JsonNode> event = worker.receive();
        if (event.isEmpty()) {
          fail(gone());
        } else if (event.get().path("id").asLong(id) == id) {
          handle(event.get());
        }
      }
    } catch (IOException e) {
      fail(gone());
    } catch (RuntimeException | Error e) {
      TowpathException why = stopped.get();
      fail(why == null ? e : why);
    }
  }

  private void fail(Throwable why) {
    done.completeExceptionally(why);
  }

  private TowpathException gone() {
    TowpathException why = stopped.get();
    if (why != null) {
      return why;
    }
    String how = worker.end();
    worker.drain();
    return failures.gone(how, watch.peak());
  }

  private void handle(JsonNode event) throws IOException {
    switch (event.path("event").asText()) {
      case "read" -> worker.send(read(event));
      case "output" -> output.complete(null);
      case "log" ->
          log.println(event.path("level").asText("info") + ": " + event.path("message").asText());
      case "done" -> {
        worker.drain();
        reusable = event.path("reusable").asBoolean(true);
        done.complete(event.path("rows").asLong());
      }
      case "failed" -> {
        worker.drain();
        reusable = false; // what half a task has left behind, nobody knows
        TowpathException why = stopped.get();
        fail(why == null ? failures.told(event) : why);
      }
      default -> {
        // a later version of the package may tell more
      }
    }
  }

  private Map<String, @Nullable Object> read(JsonNode event) {
    Map<String, @Nullable Object> answer = new LinkedHashMap<>();
    answer.put("id", id);
    try {
      String name = event.path("name").asText();
      PythonRunner.Table table = model.inputs().read(TableName.parse(name), wanted(event));
      answer.putAll(table(name, table));
    } catch (CancelledException e) {
      throw e;
    } catch (TowpathException e) {
      answer.putAll(refused(e));
    }
    return answer;
  }

  /** The answer to a question for a table. */
  static Map<String, Object> table(String name, PythonRunner.Table table) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("op", "table");
    answer.put("name", name);
    answer.put("files", table.files().stream().map(Path::toString).toList());
    answer.put("columns", columns(table.columns().columns(), Set.of()));
    return answer;
  }

  /** The answer to one for something that it does not get. */
  static Map<String, @Nullable Object> refused(TowpathException e) {
    Map<String, @Nullable Object> answer = new LinkedHashMap<>();
    answer.put("op", "refused");
    answer.put("message", e.getMessage());
    answer.put("hint", e.hint().orElse(null));
    return answer;
  }

  /** The columns that a question names; empty means all. */
  static Optional<List<String>> wanted(JsonNode event) {
    JsonNode columns = event.path("columns");
    return columns.isArray()
        ? Optional.of(
            StreamSupport.stream(columns.spliterator(), false).map(JsonNode::asText).toList())
        : Optional.empty();
  }

  /** Columns as the child is told of them. */
  static List<Map<String, Object>> columns(List<Column> columns, Set<String> required) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Column column : columns) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("name", column.name());
      one.put("type", column.type().sql());
      one.put("source", column.name());
      one.put("not_null", required.contains(column.name()));
      all.add(one);
    }
    return all;
  }

  private Map<String, @Nullable Object> order() {
    Map<String, Object> params = new HashMap<>();
    model
        .variables()
        .forEach((name, value) ->
            params.put(name, Map.of("type", value.type().sql(), "value", value.text())));
    Map<String, @Nullable Object> order = new LinkedHashMap<>();
    order.put("op", "build");
    order.put("id", id);
    order.put("name", model.name().toString());
    order.put("file", model.file());
    order.put("text", model.text());
    order.put("reads", model.reads().stream().map(TableName::toString).toList());
    order.put("columns", columns(model.columns().columns(), model.required()));
    order.put("params", params);
    order.put("start", model.start().map(PythonRunner.Variable::text).orElse(null));
    order.put("end", model.end().map(PythonRunner.Variable::text).orElse(null));
    order.put(
        "column_of_time_type", model.start().or(model::end).map(v -> v.type().sql()).orElse(null));
    order.put("now", model.now().toString());
    order.put("output", socket.toString());
    return order;
  }

  @Override
  public ReadableByteChannel rows() {
    await(CompletableFuture.anyOf(output, done));
    try {
      while (true) {
        SocketChannel channel = server.accept();
        if (channel != null) {
          channel.configureBlocking(true);
          Rows opened = new Rows(channel);
          rows = opened;
          return opened;
        }
        if (done.isDone() || !worker.isAlive()) {
          await(done);
          throw new TowpathException("the Python process sent no rows");
        }
        Worker.sleep(1);
      }
    } catch (IOException e) {
      throw new TowpathException("cannot take the rows: " + e.getMessage(), null, e);
    }
  }

  @Override
  public long finish() {
    return await(done);
  }

  @Override
  public TowpathException cause(TowpathException failure) {
    Rows opened = rows;
    TowpathException why = stopped.get();
    if (failure instanceof CancelledException
        || (opened != null && !opened.ended && !done.isDone())) {
      return why == null ? failure : why;
    }
    try {
      done.get(LAST_WORDS_SECONDS, TimeUnit.SECONDS);
      return failure;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new CancelledException();
    } catch (TimeoutException e) {
      return failure;
    } catch (ExecutionException e) {
      return failure(e.getCause()) instanceof TowpathException known ? known : failure;
    }
  }

  @Override
  public void close() {
    watch.close();
    boolean well = done.isDone() && !done.isCompletedExceptionally();
    if (!well) {
      stopped.compareAndSet(null, new CancelledException());
      worker.close();
    }
    Rows opened = rows;
    try {
      if (opened != null) {
        opened.close();
      }
      server.close();
    } catch (IOException e) {
      throw new TowpathException("cannot close " + socket + ": " + e.getMessage(), null, e);
    } finally {
      Worker.delete(socket);
      events.interrupt();
      ended(events); // a table that it copies is removed next
      worker.log(null);
      log.close();
      release.accept(worker, well && reusable && !model.limits().alone());
    }
  }

  private static void ended(Thread thread) {
    boolean interrupted = Thread.interrupted();
    try {
      thread.join(Duration.ofSeconds(LAST_WORDS_SECONDS));
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The rows, and whether they came to an end. */
  private static final class Rows implements ReadableByteChannel {
    private final SocketChannel channel;
    private volatile boolean ended;

    Rows(SocketChannel channel) {
      this.channel = channel;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
      try {
        int count = channel.read(target);
        ended |= count < 0;
        return count;
      } catch (IOException e) {
        ended = true;
        throw e;
      }
    }

    @Override
    public boolean isOpen() {
      return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
