package dev.towpath.cli;

import dev.towpath.core.run.JobWork;
import dev.towpath.task.process.OutputLog;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** The output of a job: into its log file, and to whoever watches. */
final class JobLog implements JobWork.LogFile {
  private final OutputLog file;
  private boolean began; // whether a line has begun whose end is to come

  JobLog(Path file, UnaryOperator<String> mask, Consumer<String> watcher) {
    this.file = new OutputLog(file, mask, watcher);
  }

  @Override
  public synchronized void line(String text) {
    if (began) {
      print(text + "\n");
    } else {
      file.println(text);
    }
    began = false;
  }

  @Override
  public synchronized void part(String text) {
    began = true;
    print(text);
  }

  private void print(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    file.print(bytes, bytes.length);
  }

  @Override
  public void close() {
    file.close();
  }
}
