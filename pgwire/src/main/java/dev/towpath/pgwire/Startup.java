package dev.towpath.pgwire;

import dev.towpath.pgwire.wire.Answers;
import dev.towpath.pgwire.wire.Frames;
import dev.towpath.pgwire.wire.Outbox;
import dev.towpath.pgwire.wire.Payload;
import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** How a client begins: TLS if it wants it, and then who it says it is and what it wants. */
final class Startup {
  private static final int CANCEL = 80877102;
  private static final int TLS = 80877103;
  private static final int GSS = 80877104;
  private static final int VERSION_3 = 3 << 16;

  private final Optional<SSLContext> tls;
  private final int mostBytes;
  private Socket socket;
  private boolean encrypted;

  Startup(Socket socket, Optional<SSLContext> tls, int mostBytes) {
    this.socket = socket;
    this.tls = tls;
    this.mostBytes = mostBytes;
  }

  /** What a client wants. */
  sealed interface Wish {
    /**
     * To come in.
     *
     * @param line with TLS, if that was asked for
     * @param parameters as the client gave them, user and database among them
     */
    record Session(Line line, boolean encrypted, Map<String, String> parameters) implements Wish {}

    /** To stop what another session does. */
    record Cancel(int session, int secret) implements Wish {}
  }

  /** A connection with its two directions. */
  record Line(Socket socket, Frames in, Outbox out) {
    static Line of(Socket socket, int mostBytes) throws IOException {
      return new Line(
          socket,
          new Frames(new BufferedInputStream(socket.getInputStream()), mostBytes),
          new Outbox(socket.getOutputStream()));
    }
  }

  /** Reads until that is known. */
  Wish read() throws IOException {
    // Nothing is read ahead before TLS begins: bytes that came before it must not count as inside.
    Frames in = new Frames(socket.getInputStream(), mostBytes);
    for (int asked = 0; asked < 3; asked++) {
      Payload packet = in.startup();
      int code = packet.int32();
      switch (code) {
        case TLS -> {
          in = answerTls();
        }
        case GSS -> answer('N');
        case CANCEL -> {
          return new Wish.Cancel(packet.int32(), packet.int32());
        }
        default -> {
          Line line = Line.of(socket, mostBytes);
          return new Wish.Session(line, encrypted, parameters(code, packet, line.out()));
        }
      }
    }
    throw PgError.fatal(SqlState.PROTOCOL_VIOLATION, "TLS was asked for too often", null);
  }

  private Frames answerTls() throws IOException {
    if (tls.isEmpty() || encrypted) {
      answer('N');
      return new Frames(socket.getInputStream(), mostBytes);
    }
    answer('S');
    SSLSocket inner =
        (SSLSocket)
            tls.get()
                .getSocketFactory()
                .createSocket(
                    socket, socket.getInetAddress().getHostAddress(), socket.getPort(), true);
    inner.setUseClientMode(false);
    inner.startHandshake();
    socket = inner;
    encrypted = true;
    return new Frames(socket.getInputStream(), mostBytes);
  }

  private void answer(char letter) throws IOException {
    socket.getOutputStream().write(letter);
    socket.getOutputStream().flush();
  }

  private static Map<String, String> parameters(int version, Payload packet, Outbox out) {
    if (version >> 16 != 3) {
      throw PgError.fatal(
          SqlState.FEATURE_NOT_SUPPORTED,
          "unsupported frontend protocol %d.%d".formatted(version >> 16, version & 0xffff),
          "version 3 is spoken here");
    }
    Map<String, String> parameters = new LinkedHashMap<>();
    List<String> extensions = new ArrayList<>();
    while (packet.remaining() > 1) {
      String name = packet.text();
      String value = packet.text();
      if (name.startsWith("_pq_.")) {
        extensions.add(name);
      } else {
        parameters.put(name, value);
      }
    }
    if (version > VERSION_3 || !extensions.isEmpty()) {
      out.begin('v').int32(VERSION_3).int32(extensions.size());
      extensions.forEach(out::text);
      out.end();
    }
    return parameters;
  }

  /** The socket as it is now. */
  Socket socket() {
    return socket;
  }

  /** Says why nothing comes of it. */
  void refuse(PgError error) throws IOException {
    Outbox out = new Outbox(socket.getOutputStream());
    new Answers(out).error(error);
    out.flush();
  }
}
