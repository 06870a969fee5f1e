package dev.towpath.core.project;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.towpath.spi.Location;
import dev.towpath.spi.Problem;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The regions of a map: a file of GeoJSON below {@code dashboards/}.
 *
 * @param hash of the file's content
 * @param features in the order of the file
 */
public record Regions(String hash, List<Feature> features) {
  /** Where such files stand. */
  public static final String FOLDER = "dashboards/";

  /** The most bytes of one: each page that shows it loads it. */
  public static final long MOST = 5_000_000;

  private static final int DEEPEST = 32;
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(DEEPEST).maxNumberLength(100).build())
          .build();

  public Regions {
    features = List.copyOf(features);
  }

  /**
   * One feature.
   *
   * @param members as the file has them
   */
  public record Feature(Map<String, @Nullable Object> members, Location at) {
    private Optional<Map<?, ?>> geometry() {
      return members.get("geometry") instanceof Map<?, ?> map ? Optional.of(map) : Optional.empty();
    }

    /** What is wrong with its shape, if anything is; it may have none. */
    public Optional<String> mistake() {
      return members.get("geometry") == null
          ? Optional.empty()
          : geometry().map(Rings::mistake).orElse(Optional.of("has a geometry that is no object"));
    }

    /** What a path of names leads to, such as {@code properties.code}. */
    public @Nullable Object value(String path) {
      Object value = members;
      for (String name : path.split("\\.", -1)) {
        value = value instanceof Map<?, ?> map ? map.get(name) : null;
      }
      return value instanceof Map || value instanceof List ? null : value;
    }

    /** The paths at which it has a single value. */
    public List<String> paths() {
      List<String> paths = new ArrayList<>();
      if (value("id") != null) {
        paths.add("id");
      }
      if (members.get("properties") instanceof Map<?, ?> properties) {
        properties.keySet().stream()
            .map(name -> "properties." + name)
            .filter(path -> value(path) != null)
            .forEach(paths::add);
      }
      return paths;
    }
  }

  /**
   * Reads a file.
   *
   * @param file path relative to the project
   * @param path where it is
   * @throws TowpathException with the place of what is wrong
   */
  public static Regions read(String file, Path path) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(path);
    } catch (IOException e) {
      throw wrong(Location.of(file), "cannot be read: " + e.getMessage(), null);
    }
    String text = new String(bytes, StandardCharsets.UTF_8);
    try (JsonParser in = JSON.createParser(text.startsWith("\ufeff") ? text.substring(1) : text)) {
      Reading reading = new Reading(file, in);
      return new Regions(Fingerprints.of(bytes), reading.run());
    } catch (JsonProcessingException e) {
      throw wrong(at(file, e.getLocation()), "it is not JSON: " + e.getOriginalMessage(), null);
    } catch (IOException e) {
      throw wrong(Location.of(file), "cannot be read: " + e.getMessage(), null);
    }
  }

  private static TowpathException wrong(Location at, String message, @Nullable String hint) {
    return new TowpathException(
        List.of(new Problem(Problem.Severity.ERROR, at, message, Optional.ofNullable(hint))));
  }

  private static Location at(String file, @Nullable JsonLocation at) {
    return at == null
        ? Location.of(file)
        : new Location(file, Math.max(1, at.getLineNr()), Math.max(1, at.getColumnNr()));
  }

  /** Reads one document. */
  private record Reading(String file, JsonParser in) {
    List<Feature> run() throws IOException {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw wrong(new Location(file, 1, 1), "it is no GeoJSON: it holds no object", null);
      }
      List<Feature> features = null;
      String type = "";
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String name = in.currentName();
        in.nextToken();
        if (name.equals("features") && in.currentToken() == JsonToken.START_ARRAY) {
          features = features();
        } else if (name.equals("type") && in.currentToken() == JsonToken.VALUE_STRING) {
          type = in.getText();
        } else {
          in.skipChildren();
        }
      }
      if (in.nextToken() != null) {
        throw wrong(
            at(file, in.currentTokenLocation()), "something follows behind the GeoJSON", null);
      }
      if (features == null || !type.equals("FeatureCollection")) {
        throw wrong(
            new Location(file, 1, 1),
            type.isEmpty()
                ? "it is no GeoJSON with features"
                : "its type is \"" + NameRules.shown(type) + "\", not FeatureCollection",
            type.equals("Topology")
                ? "it is TopoJSON: convert it, with topo2geo or mapshaper"
                : "a map needs {\"type\": \"FeatureCollection\", \"features\": [...]}");
      }
      return features;
    }

    private List<Feature> features() throws IOException {
      List<Feature> features = new ArrayList<>();
      while (in.nextToken() != JsonToken.END_ARRAY) {
        Location at = at(file, in.currentTokenLocation());
        if (!(value() instanceof Map<?, ?> map)) {
          throw wrong(at, "this is no feature", "a feature is an object with a geometry");
        }
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        map.forEach((name, value) -> members.put(String.valueOf(name), value));
        features.add(new Feature(members, at));
      }
      return features;
    }

    private @Nullable Object value() throws IOException {
      return switch (in.currentToken()) {
        case START_OBJECT -> {
          Map<String, @Nullable Object> map = new LinkedHashMap<>();
          while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            in.nextToken();
            map.put(name, value());
          }
          yield map;
        }
        case START_ARRAY -> {
          List<@Nullable Object> list = new ArrayList<>();
          while (in.nextToken() != JsonToken.END_ARRAY) {
            list.add(value());
          }
          yield list;
        }
        case VALUE_TRUE -> true;
        case VALUE_FALSE -> false;
        case VALUE_NULL -> null;
        case VALUE_NUMBER_INT -> in.getDecimalValue();
        case VALUE_NUMBER_FLOAT -> in.getDoubleValue();
        default -> in.getText();
      };
    }
  }

  /**
   * What a map is drawn of: shapes alone, each with the value that rows name it by as its id. Rings
   * run as those who draw expect it, outer ones clockwise; else the rest of the earth is filled.
   *
   * @param key path of that value in a feature
   */
  public Map<String, @Nullable Object> shapes(String key) {
    List<Map<String, @Nullable Object>> shapes = new ArrayList<>();
    for (Feature feature : features) {
      Object id = feature.value(key);
      feature
          .geometry()
          .filter(_ -> id != null)
          .ifPresent(geometry -> {
            Map<String, @Nullable Object> shape = new LinkedHashMap<>();
            shape.put("type", "Feature");
            shape.put("id", String.valueOf(id));
            shape.put("geometry", Rings.turned(geometry));
            shapes.add(shape);
          });
    }
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    all.put("type", "FeatureCollection");
    all.put("features", shapes);
    return all;
  }
}
