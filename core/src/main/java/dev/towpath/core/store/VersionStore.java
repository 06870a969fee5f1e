package dev.towpath.core.store;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Versions of a project's files, kept so that every process which does a part of a run works on the
 * files with which it began. Each content is kept once. Thread-safe.
 */
public interface VersionStore {

  /**
   * Keeps a version, and notes that it is in use.
   *
   * @param contents reads a file of it; asked only for what is not kept yet
   */
  void keep(ProjectVersion version, Function<ProjectVersion.File, byte[]> contents, Instant now);

  /** The version of that hash, if it is still kept. */
  Optional<ProjectVersion> find(String hash);

  /** The version that was last in use, if there is one: what new runs begin with. */
  Optional<String> newest();

  /** What is in a file of a version that is kept. */
  byte[] content(ProjectVersion.File file);

  /** Hashes of the versions of runs that are not over. */
  Set<String> open();

  /**
   * Forgets versions that no open run has and that were not in use since a moment.
   *
   * @return number of versions forgotten
   */
  int trim(Instant since);
}
