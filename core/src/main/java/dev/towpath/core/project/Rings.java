package dev.towpath.core.project;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rings of polygons in GeoJSON: whether they are any, and which way they run. */
final class Rings {
  static final String POLYGON = "Polygon";
  static final String SEVERAL = "MultiPolygon";

  private static final int FEWEST = 4;

  private Rings() {}

  /** What is wrong with a shape, if anything is. */
  static Optional<String> mistake(Map<?, ?> geometry) {
    Object type = geometry.get("type");
    Object coordinates = geometry.get("coordinates");
    if (POLYGON.equals(type)) {
      return polygon(coordinates);
    }
    if (!SEVERAL.equals(type)) {
      return Optional.of("is a " + NameRules.shown(String.valueOf(type)) + ", not a polygon");
    }
    return coordinates instanceof List<?> polygons
        ? polygons.stream().flatMap(p -> polygon(p).stream()).findFirst()
        : Optional.of("has no coordinates");
  }

  private static Optional<String> polygon(@Nullable Object rings) {
    if (!(rings instanceof List<?> list) || list.isEmpty()) {
      return Optional.of("has no coordinates");
    }
    return list.stream().flatMap(ring -> ring(ring).stream()).findFirst();
  }

  private static Optional<String> ring(@Nullable Object ring) {
    if (!(ring instanceof List<?> points) || points.size() < FEWEST) {
      return Optional.of("has a ring of fewer than " + FEWEST + " points");
    }
    for (Object point : points) {
      if (!(point instanceof List<?> pair)
          || pair.size() < 2
          || !(pair.get(0) instanceof Number lon)
          || !(pair.get(1) instanceof Number lat)) {
        return Optional.of("has a point that is no pair of numbers");
      }
      if (!(Math.abs(lon.doubleValue()) <= 360 && Math.abs(lat.doubleValue()) <= 90)) {
        return Optional.of(
            "has the point ["
                + lon
                + ", "
                + lat
                + "], which is no longitude and latitude in degrees");
      }
    }
    return Optional.empty();
  }

  /** A sound shape whose outer rings run clockwise and whose holes the other way. */
  static Map<String, @Nullable Object> turned(Map<?, ?> geometry) {
    Map<String, @Nullable Object> turned = new LinkedHashMap<>();
    turned.put("type", geometry.get("type"));
    List<?> coordinates = (List<?>) Objects.requireNonNull(geometry.get("coordinates"));
    turned.put(
        "coordinates",
        POLYGON.equals(geometry.get("type"))
            ? rings(coordinates)
            : coordinates.stream().map(polygon -> rings((List<?>) polygon)).toList());
    return turned;
  }

  private static List<?> rings(List<?> polygon) {
    List<Object> rings = new ArrayList<>();
    for (Object ring : polygon) {
      List<?> points = (List<?>) ring;
      boolean clockwise = area(points) < 0;
      boolean outer = rings.isEmpty();
      if (clockwise == outer) {
        rings.add(points);
      } else {
        List<Object> reversed = new ArrayList<>(points);
        Collections.reverse(reversed);
        rings.add(reversed);
      }
    }
    return rings;
  }

  /** Twice the area on a flat map; negative when the ring runs clockwise. */
  private static double area(List<?> points) {
    double area = 0;
    for (int i = 0; i < points.size(); i++) {
      List<?> a = (List<?>) points.get(i);
      List<?> b = (List<?>) points.get((i + 1) % points.size());
      area += at(a, 0) * at(b, 1) - at(b, 0) * at(a, 1);
    }
    return area;
  }

  private static double at(List<?> point, int axis) {
    return ((Number) point.get(axis)).doubleValue();
  }
}
