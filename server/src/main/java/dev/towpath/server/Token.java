package dev.towpath.server;

import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;

/**
 * The local admin token of a project: 256 random bits in a file that only its owner may read, made
 * when it is first asked for.
 */
public final class Token {
  /** How every token begins, so that people and scanners of leaked secrets tell it. */
  static final String PREFIX = "towpath_";

  private static final int BYTES = 32;
  private static final int LEAST_LENGTH = 32;
  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.complementOf(
          EnumSet.of(
              PosixFilePermission.OWNER_READ,
              PosixFilePermission.OWNER_WRITE,
              PosixFilePermission.OWNER_EXECUTE));

  private Token() {}

  /**
   * The token in a folder; makes it when there is none.
   *
   * @throws TowpathException when others may read it, or it cannot be read or made
   */
  public static String in(Path folder) {
    Path file = folder.resolve("token");
    try {
      if (!Files.exists(file)) {
        make(file);
      }
      requirePrivate(file);
      String token = Files.readString(file).strip();
      if (token.length() < LEAST_LENGTH || !token.chars().allMatch(c -> c > ' ' && c < 127)) {
        throw new TowpathException(
            file + " holds no token", "remove it: the next command makes a new one");
      }
      return token;
    } catch (IOException e) {
      throw new TowpathException(
          "the token " + file + " cannot be read or made: " + e.getMessage(),
          "whoever serves a project must be able to write to its .towpath folder",
          e);
    }
  }

  /** The text of a new token: 256 random bits. */
  static String fresh() {
    byte[] random = new byte[BYTES];
    new SecureRandom().nextBytes(random);
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }

  /** Written beside and linked into place, so that nobody ever reads half of it. */
  private static void make(Path file) throws IOException {
    String token = fresh();
    Files.createDirectories(file.toAbsolutePath().getParent());
    Path part = file.resolveSibling(".token." + UUID.randomUUID());
    try {
      if (isPosix()) {
        Files.createFile(
            part,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      } else {
        Files.createFile(part);
      }
      Files.writeString(part, token + "\n", StandardOpenOption.WRITE);
      Files.createLink(file, part);
    } catch (FileAlreadyExistsException e) {
      return; // another process was first, and its token is as good
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static void requirePrivate(Path file) throws IOException {
    if (!isPosix()) {
      return;
    }
    for (PosixFilePermission permission : Files.getPosixFilePermissions(file)) {
      if (OTHERS.contains(permission)) {
        throw new TowpathException(
            "others may read or write the token " + file,
            "remove it: the next command makes a new one that only you may read");
      }
    }
  }

  private static boolean isPosix() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  }
}
