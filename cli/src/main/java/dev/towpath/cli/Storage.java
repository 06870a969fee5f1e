package dev.towpath.cli;

import dev.towpath.core.project.Environment;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.lake.IcebergLake;
import dev.towpath.lake.LocalObjectStore;
import dev.towpath.metadata.PostgresStore;
import dev.towpath.metadata.SqliteStore;
import dev.towpath.spi.Lake;
import dev.towpath.spi.Problem;
import dev.towpath.spi.TowpathException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Where an environment keeps its tables, and what it knows of them.
 *
 * @param root the project's folder
 * @param work the folder that Towpath keeps in it
 */
record Storage(Environment environment, Path root, Path work) {
  /** The folder of the tables. */
  Path lake() {
    return environment.lake().map(root::resolve).orElse(work.resolve("lake"));
  }

  /**
   * The folder of what runs print, which has a folder for each run. Machines that share a store
   * share the disk of its lake, too: there each of them sees what the others' tasks print, and a
   * task that another machine does again goes on with its log. Gc leaves alone what is no table's.
   */
  Path logs() {
    return (environment.metadata().filter(PostgresStore::takes).isPresent() ? lake() : work)
        .resolve("logs");
  }

  /** Opens the tables; refuses places and engines that this version does not know. */
  Lake openLake() {
    requireGood();
    environment
        .lake()
        .filter(l -> l.contains("://"))
        .ifPresent(l -> {
          throw new TowpathException(
              "environment \"" + environment.name() + "\" keeps its lake at " + scheme(l),
              "this version keeps lakes on local disks; set lake: to a folder");
        });
    if (!environment.engine().equals("duckdb")) {
      throw new TowpathException(
          "environment \"" + environment.name() + "\" uses the engine " + environment.engine(),
          "this version computes with duckdb");
    }
    return new IcebergLake(new LocalObjectStore(lake()));
  }

  /**
   * Opens the metadata store.
   *
   * @param lost hears when a store on a server takes this process for dead
   */
  MetadataStore openStore(Clock clock, Consumer<TowpathException> lost) {
    requireGood();
    LocalObjectStore objects = new LocalObjectStore(lake());
    Optional<String> address = environment.metadata();
    if (address.filter(a -> a.contains("://")).isEmpty()) {
      Path file = address.map(root::resolve).orElse(work.resolve("metadata.db"));
      return new SqliteStore(file, objects, clock);
    }
    PostgresStore store = new PostgresStore(known(address.get()), objects, clock);
    store.onLost(lost);
    return store;
  }

  private String known(String address) {
    if (PostgresStore.takes(address)) {
      return address;
    }
    throw new TowpathException(
        List.of(
            Problem.error(
                environment.location(),
                "environment \""
                    + environment.name()
                    + "\" keeps its metadata at "
                    + scheme(address)
                    + ", which this version does not know",
                "set metadata: to a file, or to postgres://user:password@host:5432/database")));
  }

  private void requireGood() {
    if (!environment.problems().isEmpty()) {
      throw new TowpathException(environment.problems());
    }
  }

  /** What may be told of an address: no password. */
  private static String scheme(String url) {
    return url.substring(0, url.indexOf("://") + 3) + "…";
  }
}
