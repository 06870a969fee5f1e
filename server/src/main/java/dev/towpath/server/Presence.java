package dev.towpath.server;

import io.javalin.http.Context;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.EndPoint;

/**
 * Looks whether a client is still there while its answer is computed, and interrupts the thread
 * that computes when it is not. Nothing else would tell: a connection says so only to who reads,
 * and nobody reads between a request and its answer.
 */
final class Presence implements AutoCloseable {
  private static final long FIRST_MILLIS = 250;
  private static final long BEAT_MILLIS = 250;
  private static final ScheduledThreadPoolExecutor CLOCK = clock();

  private final EndPoint client;
  private final Thread worker;
  private final ScheduledFuture<?> looking;
  private volatile boolean pipelined;
  private boolean gone;
  private boolean closed;

  private Presence(EndPoint client, Thread worker) {
    this.client = client;
    this.worker = worker;
    this.looking =
        CLOCK.scheduleWithFixedDelay(this::look, FIRST_MILLIS, BEAT_MILLIS, TimeUnit.MILLISECONDS);
  }

  private static ScheduledThreadPoolExecutor clock() {
    ScheduledThreadPoolExecutor clock =
        new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("presence").factory());
    clock.setRemoveOnCancelPolicy(true);
    return clock;
  }

  /** Watches the client of a request that has been read to its end, for the thread that asks. */
  static Presence watch(Context context) {
    EndPoint client =
        ServletContextRequest.getServletContextRequest(context.req())
            .getConnectionMetaData()
            .getConnection()
            .getEndPoint();
    return new Presence(client, Thread.currentThread());
  }

  private void look() {
    if (pipelined) {
      return;
    }
    try {
      int read = client.isOpen() ? client.fill(ByteBuffer.allocate(1).flip()) : -1;
      if (read < 0) {
        interrupt();
      } else if (read > 0) {
        pipelined = true;
      }
    } catch (IOException broken) {
      interrupt();
    }
  }

  private synchronized void interrupt() {
    if (!closed && !gone) {
      gone = true;
      worker.interrupt();
    }
  }

  /** Ends the watch; an interrupt that was its own is taken back. */
  @Override
  public synchronized void close() {
    closed = true;
    looking.cancel(false);
    if (gone) {
      boolean _ = Thread.interrupted();
    }
  }

  /**
   * Whether the client has sent more before it got its answer. A byte of that is lost by looking,
   * so the connection cannot be used again.
   */
  boolean pipelined() {
    return pipelined;
  }

  /** Breaks the connection off, so that no client takes a part of an answer for the whole. */
  void hangUp() {
    client.close();
  }
}
