package dev.towpath.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A stream that keeps a copy of what goes through, unless that is too much. */
final class Copied extends OutputStream {
  private final OutputStream out;
  private final int most;
  private @Nullable ByteArrayOutputStream copy = new ByteArrayOutputStream(512);

  Copied(OutputStream out, int most) {
    this.out = out;
    this.most = most;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    out.write(bytes, offset, length);
    ByteArrayOutputStream kept = copy;
    if (kept != null && kept.size() + length <= most) {
      kept.write(bytes, offset, length);
    } else {
      copy = null;
    }
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  /** All that was written, if it was not too much. */
  Optional<byte[]> copy() {
    return Optional.ofNullable(copy).map(ByteArrayOutputStream::toByteArray);
  }
}
