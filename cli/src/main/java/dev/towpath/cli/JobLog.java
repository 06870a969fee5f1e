package dev.towpath.cli;

import dev.towpath.core.run.JobWork;
import dev.towpath.task.process.OutputLog;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** The output of a job: into its log file, and to whoever watches. */
final class JobLog implements JobWork.LogFile {
  private final OutputLog file;
  private final UnaryOperator<String> mask;
  private final Consumer<String> watcher;

  JobLog(Path file, UnaryOperator<String> mask, Consumer<String> watcher) {
    this.file = new OutputLog(file, mask);
    this.mask = mask;
    this.watcher = watcher;
  }

  @Override
  public void line(String text) {
    file.println(text);
    watcher.accept(mask.apply(text));
  }

  @Override
  public void close() {
    file.close();
  }
}
