package dev.towpath.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * A way to a server that falls silent, as a network does that drops packets: nothing comes through
 * any more, and nothing is closed or refused.
 */
public final class SilentWire implements AutoCloseable {
  private final ServerSocket listener;
  private final int target;
  private volatile boolean silent;

  /**
   * Starts it.
   *
   * @param target port of the server on the loopback interface
   */
  public SilentWire(int target) {
    this.target = target;
    try {
      this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  /** Where to connect to instead. */
  public int port() {
    return listener.getLocalPort();
  }

  /** Lets nothing through any more, on connections that are open and on new ones. */
  public void fallSilent() {
    silent = true;
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        Socket server = new Socket();
        server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
        Thread.ofVirtual().start(() -> pump(client, server));
        Thread.ofVirtual().start(() -> pump(server, client));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void pump(Socket from, Socket to) {
    try (from;
        to;
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      byte[] buffer = new byte[1 << 14];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (!silent) {
          out.write(buffer, 0, n);
          out.flush();
        }
      }
      while (silent && !listener.isClosed()) {
        Thread.sleep(100); // the other side hears of no end either
      }
    } catch (IOException e) {
      // the other direction has ended
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
