package dev.towpath.server;

import dev.towpath.spi.Beat;
import io.javalin.http.Context;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.EndPoint;

/**
 * Looks whether a client is still there while its answer is computed, and interrupts the thread
 * that computes when it is not. Nothing else would tell: a connection says so only to who reads,
 * and nobody reads between a request and its answer.
 */
final class Presence implements AutoCloseable {
  private static final Duration FIRST = Duration.ofMillis(250);
  private static final Beat BEAT = new Beat("presence", FIRST);

  private final EndPoint client;
  private final Thread worker;
  private final long began = System.nanoTime();
  private final Beat.Look looking;
  private boolean pipelined;
  private boolean gone;
  private boolean closed;

  private Presence(EndPoint client, Thread worker) {
    this.client = client;
    this.worker = worker;
    this.looking = BEAT.at(this::look);
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

  /** What is read once the answer may be on its way would be of the next request. */
  private synchronized void look() {
    if (closed || gone || pipelined || System.nanoTime() - began < FIRST.toNanos()) {
      return;
    }
    try {
      int read = client.isOpen() ? client.fill(ByteBuffer.allocate(1).flip()) : -1;
      pipelined = read > 0;
      if (read < 0) {
        interrupt();
      }
    } catch (IOException broken) {
      interrupt();
    }
  }

  private synchronized void interrupt() {
    gone = true;
    worker.interrupt();
  }

  @Override
  public void close() {
    end();
  }

  /** Ends the watch; an interrupt that was its own is taken back. */
  synchronized void end() {
    looking.close();
    if (gone && !closed) {
      boolean _ = Thread.interrupted();
    }
    closed = true;
  }

  /**
   * Whether the client has sent more before it got its answer. A byte of that is lost by looking,
   * so the connection cannot be used again.
   */
  synchronized boolean pipelined() {
    return pipelined;
  }

  /** Breaks the connection off, so that no client takes a part of an answer for the whole. */
  void hangUp() {
    client.close();
  }
}
