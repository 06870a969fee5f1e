package dev.towpath.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A way to a server that resets each connection after so many bytes of answers. */
public final class BrokenWire implements AutoCloseable {
  private final ServerSocket listener;
  private final int target;
  private final long bytes;

  /**
   * Starts it.
   *
   * @param target port of the server on the loopback interface
   * @param bytes after which the reset comes
   */
  public BrokenWire(int target, long bytes) {
    this.target = target;
    this.bytes = bytes;
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

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        Socket server = new Socket();
        server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
        Thread.ofVirtual().start(() -> pump(client, server, Long.MAX_VALUE));
        Thread.ofVirtual().start(() -> pump(server, client, bytes));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private static void pump(Socket from, Socket to, long most) {
    try (from;
        to;
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      byte[] buffer = new byte[1 << 14];
      long passed = 0;
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        passed += n;
        if (passed > most) {
          to.setSoLinger(true, 0); // a reset, and no orderly end
          return;
        }
        out.write(buffer, 0, n);
        out.flush();
      }
    } catch (IOException e) {
      // the other direction has ended
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
