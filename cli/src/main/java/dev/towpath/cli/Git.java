package dev.towpath.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The commit that a folder's checkout stands at, read from git's own files. */
final class Git {
  private Git() {}

  /** The commit's hash; empty outside of git, or before the first commit. */
  static Optional<String> commit(Path folder) {
    try {
      for (Path at = folder.toRealPath(); at != null; at = at.getParent()) {
        Path git = at.resolve(".git");
        if (Files.isRegularFile(git)) { // a linked work tree
          String link = Files.readString(git).strip();
          git = at.resolve(link.substring(link.indexOf(' ') + 1));
        }
        if (Files.isDirectory(git)) {
          return head(git);
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> head(Path git) throws IOException {
    String head = Files.readString(git.resolve("HEAD")).strip();
    if (!head.startsWith("ref: ")) {
      return Optional.of(head);
    }
    String ref = head.substring(5);
    Path common = git;
    if (Files.exists(git.resolve("commondir"))) {
      common = git.resolve(Files.readString(git.resolve("commondir")).strip());
    }
    Path loose = common.resolve(ref);
    if (Files.exists(loose)) {
      return Optional.of(Files.readString(loose).strip());
    }
    Path packed = common.resolve("packed-refs");
    if (!Files.exists(packed)) {
      return Optional.empty();
    }
    return Files.readAllLines(packed).stream()
        .filter(l -> l.endsWith(" " + ref))
        .map(l -> l.substring(0, l.indexOf(' ')))
        .findFirst();
  }
}
