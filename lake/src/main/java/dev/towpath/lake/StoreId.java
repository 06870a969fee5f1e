package dev.towpath.lake;

import dev.towpath.lake.iceberg.FormatException;
import dev.towpath.lake.iceberg.Json;
import dev.towpath.spi.ObjectStore;
import dev.towpath.spi.TowpathException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * The mark in a lake's root of the store, one metadata database, that it belongs to. Only that one
 * may write and remove files, because only it knows what is still needed.
 */
public final class StoreId {
  /** The file that holds it. */
  public static final String PATH = "store.json";

  private final ObjectStore objects;

  /** The mark of a lake. */
  public StoreId(ObjectStore objects) {
    this.objects = objects;
  }

  /** The store that the lake belongs to, or empty for a new lake. */
  public Optional<String> owner() {
    if (objects.stat(PATH).isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Json.parse(objects.read(PATH)).text("store"));
    } catch (FormatException e) {
      throw new TowpathException(
          objects.local(PATH) + " is damaged: " + e.getMessage(),
          "copy it back from a backup of the lake",
          e);
    }
  }

  /**
   * Makes sure that the lake belongs to a store; takes it when it belongs to none. Of several that
   * try at once, one gets it.
   *
   * @param store the store's UUID
   * @throws TowpathException when the lake belongs to another store
   */
  public void claim(String store) {
    byte[] mark = Json.print(Map.of("store", store)).getBytes(StandardCharsets.UTF_8);
    Optional<String> owner = owner();
    if (owner.isEmpty() && !objects.writeIfAbsent(PATH, mark)) {
      owner = owner();
    }
    if (owner.isPresent() && !owner.get().equals(store)) {
      throw new TowpathException(
          "the lake at " + objects.local("") + " belongs to another metadata database",
          "set another \"lake:\" folder, or run \"towpath restore\" to rebuild the database from"
              + " this lake");
    }
  }
}
