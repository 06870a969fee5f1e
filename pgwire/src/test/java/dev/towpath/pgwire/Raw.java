package dev.towpath.pgwire;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A client that says what no driver says. */
final class Raw implements AutoCloseable {
  final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  int id;
  int secret;

  /** A message of the server. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares two
  record Answer(char type, byte[] body) {
    /** An error's code, or another message's text. */
    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    String code() {
      for (String field : text().split("\0")) {
        if (field.startsWith("C")) {
          return field.substring(1);
        }
      }
      return "";
    }
  }

  Raw(int port) throws IOException {
    this(InetAddress.getLoopbackAddress(), port);
  }

  Raw(InetAddress address, int port) throws IOException {
    socket = new Socket(address, port);
    socket.setSoTimeout(20_000);
    in = new DataInputStream(socket.getInputStream());
    out = socket.getOutputStream();
  }

  /** One that has come in by its token. */
  static Raw in(int port) throws IOException {
    Raw raw = new Raw(port);
    raw.startup("user", "token", "database", Servers.DATABASE);
    raw.read('R');
    raw.send('p', text(TestDoor.PASSWORD));
    for (Answer answer : raw.untilReady()) {
      if (answer.type() == 'E') {
        throw new IOException(answer.text());
      }
      if (answer.type() == 'K') {
        ByteBuffer key = ByteBuffer.wrap(answer.body());
        raw.id = key.getInt();
        raw.secret = key.getInt();
      }
    }
    return raw;
  }

  void startup(String... parameters) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(ByteBuffer.allocate(4).putInt(3 << 16).array());
    for (String parameter : parameters) {
      body.writeBytes(text(parameter));
    }
    body.write(0);
    packet(body.toByteArray());
  }

  /** A length and what it counts. */
  void packet(byte[] body) throws IOException {
    bytes(ByteBuffer.allocate(4 + body.length).putInt(4 + body.length).put(body).array());
  }

  void send(char type, byte[]... parts) throws IOException {
    int length = 4;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteBuffer message = ByteBuffer.allocate(1 + length).put((byte) type).putInt(length);
    for (byte[] part : parts) {
      message.put(part);
    }
    bytes(message.array());
  }

  void query(String sql) throws IOException {
    send('Q', text(sql));
  }

  void bytes(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  static byte[] text(String text) {
    return (text + "\0").getBytes(StandardCharsets.UTF_8);
  }

  static byte[] int16(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * values.length);
    for (int value : values) {
      bytes.putShort((short) value);
    }
    return bytes.array();
  }

  static byte[] int32(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length);
    for (int value : values) {
      bytes.putInt(value);
    }
    return bytes.array();
  }

  Answer read() throws IOException {
    int type = in.read();
    if (type < 0) {
      throw new EOFException();
    }
    byte[] body = new byte[in.readInt() - 4];
    in.readFully(body);
    return new Answer((char) type, body);
  }

  Answer read(char type) throws IOException {
    Answer answer = read();
    if (answer.type() != type) {
      throw new IOException("expected " + type + ", got " + answer.type() + ": " + answer.text());
    }
    return answer;
  }

  List<Answer> untilReady() throws IOException {
    List<Answer> answers = new ArrayList<>();
    Answer answer;
    do {
      answer = read();
      answers.add(answer);
    } while (answer.type() != 'Z');
    return answers;
  }

  /** The types of the messages up to ReadyForQuery. */
  String types() throws IOException {
    StringBuilder types = new StringBuilder();
    untilReady().forEach(a -> types.append(a.type()));
    return types.toString();
  }

  /** The messages up to the end of the connection. */
  List<Answer> untilEnd() throws IOException {
    List<Answer> answers = new ArrayList<>();
    try {
      while (true) {
        answers.add(read());
      }
    } catch (EOFException | java.net.SocketException end) {
      return answers;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
