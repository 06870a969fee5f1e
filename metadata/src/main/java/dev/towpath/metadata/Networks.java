package dev.towpath.metadata;

import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Tells folders on network file systems, where SQLite's locks and shared memory cannot be trusted.
 * Knows what Linux lists; elsewhere every folder passes.
 */
final class Networks {
  private static final Set<String> TYPES =
      Set.of(
          "nfs",
          "nfs4",
          "cifs",
          "smb",
          "smb2",
          "smb3",
          "smbfs",
          "ncpfs",
          "afs",
          "9p",
          "ceph",
          "glusterfs",
          "lustre",
          "gpfs",
          "beegfs",
          "davfs",
          "fuse.sshfs",
          "fuse.s3fs",
          "fuse.gcsfuse",
          "fuse.glusterfs",
          "fuse.rclone",
          "fuse.davfs2",
          "fuse.ceph",
          "fuse.juicefs",
          "fuse.goofys",
          "fuse.blobfuse");

  private Networks() {}

  /** Throws when the folder lies on a network file system. */
  static void refuse(Path folder, Path mounts) {
    type(folder, mounts)
        .filter(TYPES::contains)
        .ifPresent(type -> {
          throw new TowpathException(
              "the metadata store may not lie on a network file system, and "
                  + folder
                  + " is on "
                  + type,
              "set metadata: in towpath.yml to a folder on a local disk");
        });
  }

  /** The type of the file system that holds a folder, if the list of mounts can be read. */
  static Optional<String> type(Path folder, Path mounts) {
    try {
      Path real = folder.toRealPath();
      String type = null;
      int length = -1;
      for (String line : Files.readAllLines(mounts)) {
        String[] words = line.split(" ");
        if (words.length > 2) {
          Path at = Path.of(unescape(words[1]));
          // The last of several mounts on one folder is the one that is seen.
          if (real.startsWith(at) && at.getNameCount() >= length) {
            type = words[2];
            length = at.getNameCount();
          }
        }
      }
      return Optional.ofNullable(type);
    } catch (IOException e) {
      return Optional.empty(); // not Linux, or not visible: nothing can be told
    }
  }

  /** Mounts are listed with blanks as octal escapes. */
  private static String unescape(String path) {
    return path.replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\");
  }
}
