package dev.towpath.task.process;

import dev.towpath.spi.JobRunner;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Reads what a process prints, line by line and to its end, however long a line is: what has no end
 * for 64 kB is handed on in parts, so that no process can fill the memory of its host, or is left
 * waiting for somebody who takes what it prints.
 */
public final class LineReader {
  private static final int LONGEST = 64 << 10;

  private final JobRunner.Log log;
  private final byte[] line = new byte[LONGEST];
  private int length;
  private boolean began; // whether parts of the line have been handed on
  private boolean carriage; // whether the last line ended with \r, which \n may follow
  private boolean broken;

  private LineReader(JobRunner.Log log) {
    this.log = log;
  }

  /** Reads a stream to its end; lines end as they do for {@link java.io.BufferedReader}. */
  public static void read(InputStream in, JobRunner.Log log) throws IOException {
    LineReader lines = new LineReader(log);
    byte[] buffer = new byte[LONGEST / 4];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      for (int i = 0; i < n; i++) {
        lines.take(buffer[i]);
      }
    }
    if (lines.length > 0 || lines.began) {
      lines.end();
    }
  }

  private void take(byte b) {
    if (b == '\n' && carriage) {
      carriage = false;
      return;
    }
    carriage = b == '\r';
    if (b == '\n' || b == '\r') {
      end();
      return;
    }
    line[length++] = b;
    if (length == LONGEST) {
      part();
    }
  }

  private void end() {
    String text = new String(line, 0, length, StandardCharsets.UTF_8);
    length = 0;
    began = false;
    tell(() -> log.line(text));
  }

  /** Up to the last whole character. */
  private void part() {
    int whole = length;
    for (int back = 1; back <= 3; back++) {
      int b = line[length - back] & 0xff;
      if (b >= 0xc0) { // the first byte of several
        int needed = b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : 2;
        whole = needed > back ? length - back : length;
        break;
      }
      if (b < 0x80) {
        break;
      }
    }
    String text = new String(line, 0, whole, StandardCharsets.UTF_8);
    System.arraycopy(line, whole, line, 0, length - whole);
    length -= whole;
    began = true;
    tell(() -> log.part(text));
  }

  /** A log that cannot take any more stops no process. */
  private void tell(Runnable what) {
    if (!broken) {
      try {
        what.run();
      } catch (RuntimeException e) {
        broken = true;
      }
    }
  }
}
