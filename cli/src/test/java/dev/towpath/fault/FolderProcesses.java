package dev.towpath.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Processes that work in a project's folder: its jobs, but not the servers that began them. */
public final class FolderProcesses {
  private FolderProcesses() {}

  /** Those that there are now. */
  public static List<ProcessHandle> of(Path folder) {
    try {
      Path real = folder.toRealPath();
      return ProcessHandle.allProcesses().filter(process -> worksIn(process, real)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean worksIn(ProcessHandle process, Path folder) {
    try {
      Path link = Path.of("/proc", Long.toString(process.pid()), "cwd");
      return Files.readSymbolicLink(link).equals(folder);
    } catch (IOException e) {
      return false; // it has ended, or is another user's
    }
  }
}
