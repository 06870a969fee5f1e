package dev.towpath.metadata;

import dev.towpath.core.store.ProjectVersion;
import dev.towpath.core.store.VersionStore;
import dev.towpath.spi.TowpathException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The tables of versions of projects. */
final class Versions implements VersionStore {
  private static final String OPEN =
      "SELECT DISTINCT version FROM flow_run WHERE state IN ('QUEUED', 'RUNNING')"
          + " AND version IS NOT NULL";

  private final Database database;

  Versions(Database database) {
    this.database = database;
  }

  @Override
  public void keep(
      ProjectVersion version, Function<ProjectVersion.File, byte[]> contents, Instant now) {
    String hash = version.hash();
    Map<String, byte[]> missing = new HashMap<>();
    Set<String> known =
        database.read(link ->
            new HashSet<>(
                Sql.list(link, "SELECT hash FROM project_file", row -> row.getString(1))));
    for (ProjectVersion.File file : version.files()) {
      if (!known.contains(file.content()) && !missing.containsKey(file.content())) {
        missing.put(file.content(), contents.apply(file));
      }
    }
    database.synced(link -> {
      Set<String> there =
          new HashSet<>(Sql.list(link, "SELECT hash FROM project_file", row -> row.getString(1)));
      for (ProjectVersion.File file : version.files()) {
        if (there.add(file.content())) { // new, or trimmed by another server since it was looked at
          byte[] read = missing.get(file.content());
          Sql.update(
              link,
              "INSERT INTO project_file (hash, content) VALUES (?,?)",
              file.content(),
              read == null ? contents.apply(file) : read);
        }
      }
      return Sql.update(
          link,
          "INSERT INTO project_version (hash, files, created, used) VALUES (?,?,?,?)"
              + " ON CONFLICT (hash) DO UPDATE SET used = excluded.used",
          hash,
          version.text(),
          now,
          now);
    });
  }

  @Override
  public Optional<ProjectVersion> find(String hash) {
    return database.read(link ->
        Sql.first(
            link,
            "SELECT files FROM project_version WHERE hash = ?",
            row -> ProjectVersion.parse(row.getString(1)),
            hash));
  }

  @Override
  public Optional<String> newest() {
    return database.read(link ->
        Sql.first(
            link,
            "SELECT hash FROM project_version ORDER BY used DESC, hash LIMIT 1",
            row -> row.getString(1)));
  }

  @Override
  public byte[] content(ProjectVersion.File file) {
    return database
        .read(link ->
            Sql.first(
                link,
                "SELECT content FROM project_file WHERE hash = ?",
                row -> row.getBytes(1),
                file.content()))
        .orElseThrow(
            () -> new TowpathException(file.path() + " is not kept in the store any more", null));
  }

  @Override
  public Set<String> open() {
    return database.read(link -> new HashSet<>(Sql.list(link, OPEN, row -> row.getString(1))));
  }

  @Override
  public int trim(Instant since) {
    String old = "SELECT hash FROM project_version WHERE used < ? AND hash NOT IN (" + OPEN + ")";
    if (database
        .read(link -> Sql.first(link, old + " LIMIT 1", row -> row.getString(1), since))
        .isEmpty()) {
      return 0;
    }
    return database.grouped(link -> {
      List<String> gone = Sql.list(link, old, row -> row.getString(1), since);
      for (String hash : gone) {
        Sql.update(link, "DELETE FROM project_version WHERE hash = ?", hash);
      }
      Set<String> needed = new HashSet<>();
      for (String files :
          Sql.list(link, "SELECT files FROM project_version", row -> row.getString(1))) {
        ProjectVersion.parse(files).files().forEach(file -> needed.add(file.content()));
      }
      for (String content :
          Sql.list(link, "SELECT hash FROM project_file", row -> row.getString(1))) {
        if (!needed.contains(content)) {
          Sql.update(link, "DELETE FROM project_file WHERE hash = ?", content);
        }
      }
      return gone.size();
    });
  }
}
