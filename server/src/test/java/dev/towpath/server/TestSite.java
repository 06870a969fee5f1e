package dev.towpath.server;

import dev.towpath.core.check.Checked;
import dev.towpath.core.graph.Asset;
import dev.towpath.core.graph.Graph;
import dev.towpath.core.project.Project;
import dev.towpath.core.project.ProjectReader;
import dev.towpath.core.project.SourceTypes;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.lake.LocalObjectStore;
import dev.towpath.metadata.SqliteStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** A site with a real store and nothing to run, at a time that tests steer. */
final class TestSite implements Site, AutoCloseable {
  private final Path folder;
  private final SqliteStore store;
  private Instant now = Instant.parse("2026-03-01T12:00:00Z");
  private Optional<Instant> looked = Optional.empty();

  TestSite(Path folder) {
    this.folder = folder;
    this.store =
        new SqliteStore(
            folder.resolve("metadata.db"), new LocalObjectStore(folder.resolve("lake")), clock());
    write("project: t\n");
  }

  void write(String project) {
    try {
      Files.writeString(folder.resolve("towpath.yml"), project);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void pass(Duration time) {
    now = now.plus(time);
  }

  /** The scheduler has just looked. */
  void look() {
    looked = Optional.of(now);
  }

  @Override
  public Current current() {
    Project project = ProjectReader.read(folder, Map.of(), SourceTypes.of(List.of()));
    return new Current(
        new Checked(
            project, new Graph(List.of()), Map.of(), Map.of(), Map.of(), project.problems(), 0, 0),
        List.of(),
        now);
  }

  @Override
  public String version() {
    return "test";
  }

  @Override
  public String environment() {
    return "dev";
  }

  @Override
  public MetadataStore store() {
    return store;
  }

  @Override
  public InstantSource clock() {
    return () -> now;
  }

  @Override
  public String newId() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Path logs() {
    return folder.resolve("logs");
  }

  @Override
  public Map<String, Object> lineage(Asset asset) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Map<String, Object> lineage(Asset asset, String column) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Building building() {
    return new Building();
  }

  @Override
  public Lakehouse lakehouse() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Painter painter() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Rollback rollback(OptionalLong to, String who) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Build startBuild(List<String> select, List<String> exclude, boolean full) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<Build> build(String id) {
    return Optional.empty();
  }

  @Override
  public void cancelBuild(String id) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Pulse pulse() {
    return new Pulse(looked, 0);
  }

  @Override
  public void close() {
    store.close();
  }
}
