package dev.towpath.spi;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes files of dashboards, over the newest release. Thread-safe. */
public interface DashboardRenderer {

  /** The formats there are, such as {@code pdf}. */
  List<String> formats();

  /**
   * Makes a file and hands it on; it is removed afterwards.
   *
   * @throws TowpathException in plain words, when there is no such dashboard, a filter cannot be
   *     that, or nothing on this machine makes such a file
   */
  void render(Order order, Taker taker);

  /**
   * What is wanted.
   *
   * @param block the only part that is wanted
   * @param filters values by the names that an address has for them; the others have their defaults
   */
  record Order(
      String dashboard, String format, Optional<String> block, Map<String, List<String>> filters) {
    public Order {
      filters = Map.copyOf(filters);
    }
  }

  /** Takes a file while it is there. */
  @FunctionalInterface
  interface Taker {
    void take(Made made);
  }

  /**
   * A file.
   *
   * @param name what to call it
   * @param type of its content
   * @param title of the dashboard
   * @param filters what its filters are, in words, by name
   */
  record Made(
      Path file,
      String name,
      String type,
      String title,
      Map<String, String> filters,
      long release) {}
}
