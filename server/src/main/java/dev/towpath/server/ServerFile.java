package dev.towpath.server;

import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The note {@code server.json} by which others find a running server. One server has it at a time;
 * another one on the same project leaves it alone while that one lives.
 */
public final class ServerFile {
  /**
   * What it says.
   *
   * @param pgPort where the PostgreSQL protocol is answered, if it is
   */
  public record Note(URI url, long pid, Optional<Integer> pgPort) {}

  private final Path file;

  public ServerFile(Path folder) {
    this.file = folder.resolve("server.json");
  }

  /** The server that runs, if one does. */
  public Optional<Note> read() {
    try {
      if (Files.exists(file)
          && Json.parse(Files.readAllBytes(file)) instanceof Map<?, ?> map
          && map.get("url") instanceof String url
          && map.get("pid") instanceof Long pid) {
        boolean alive = ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
        Optional<Integer> pgPort =
            map.get("pg_port") instanceof Long port
                ? Optional.of(Math.toIntExact(port))
                : Optional.empty();
        return alive ? Optional.of(new Note(URI.create(url), pid, pgPort)) : Optional.empty();
      }
      return Optional.empty();
    } catch (IOException
        | Json.MalformedException
        | IllegalArgumentException
        | ArithmeticException e) {
      return Optional.empty(); // half a note of a server that was killed is none
    }
  }

  /** Leaves the note, unless another server that lives has left one. */
  public void write(URI url, Optional<Integer> pgPort, String environment, Instant now) {
    long pid = ProcessHandle.current().pid();
    if (read().filter(n -> n.pid() != pid).isPresent()) {
      return;
    }
    Path part = file.resolveSibling(".server.json." + UUID.randomUUID());
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(
          part,
          Json.write(
                  Json.object(
                      "url",
                      url.toString(),
                      "pg_port",
                      pgPort.orElse(null),
                      "pid",
                      pid,
                      "environment",
                      environment,
                      "started",
                      now.toString()))
              + "\n");
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new TowpathException("cannot write " + file + ": " + e.getMessage(), null, e);
    }
  }

  /** Takes the note away, if it is this process's. */
  public void remove() {
    try {
      if (read().filter(n -> n.pid() == ProcessHandle.current().pid()).isPresent()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new TowpathException("cannot remove " + file + ": " + e.getMessage(), null, e);
    }
  }
}
