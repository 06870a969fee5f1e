package dev.towpath.core.store;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import dev.towpath.spi.ObjectStore;
import dev.towpath.spi.TowpathException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * The file {@code store.json} in a lake's root: the UUID of the metadata store that the lake
 * belongs to. Only that one may write and remove files there, since only it knows what is still
 * needed.
 */
public final class LakeOwner {
  /** The file's path. */
  public static final String PATH = "store.json";

  private LakeOwner() {}

  /** The store that a lake belongs to; empty for a lake nobody has written to. */
  public static Optional<String> of(ObjectStore objects) {
    if (objects.stat(PATH).isEmpty()) {
      return Optional.empty();
    }
    try (JsonParser in = StateJson.JSON.createParser(objects.read(PATH))) {
      in.nextToken();
      return Optional.of(StateJson.need(StateJson.readTexts(in), "store"));
    } catch (IOException e) {
      throw new TowpathException(
          "the lake's " + PATH + " is damaged: " + e.getMessage(),
          "copy it back from a backup of the lake",
          e);
    }
  }

  /**
   * Makes sure that the lake belongs to a store, and takes it when it belongs to none. Of several
   * that try at once, one gets it.
   *
   * @throws TowpathException when it belongs to another store
   */
  public static void claim(ObjectStore objects, String store) {
    Optional<String> owner = of(objects);
    if (owner.isEmpty()) {
      owner = objects.writeIfAbsent(PATH, json(store)) ? Optional.of(store) : of(objects);
    }
    if (!owner.equals(Optional.of(store))) {
      throw new TowpathException(
          "the lake belongs to another metadata store, so nothing was written",
          "if its database is lost, \"towpath restore\" rebuilds it from the lake; otherwise set"
              + " lake: or metadata: in towpath.yml");
    }
  }

  private static byte[] json(String store) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = StateJson.JSON.createGenerator(bytes)) {
      out.writeStartObject();
      out.writeStringField("store", store);
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }
}
