package dev.towpath.source.http;

import dev.towpath.source.common.Settings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How an API hands out a long list.
 *
 * @param said whether the table says so itself, be it {@code none}
 * @param param the parameter that tells the page, its offset or its cursor
 * @param first its value for the first page; of a page or an offset
 * @param size parameters that say how long a page is to be; at most one
 * @param next where in an answer the next cursor or URL stands
 * @param total where it says how many pages, or for an offset records, there are; may be empty
 * @param more where it says whether there are more; may be empty
 * @param most more pages than this are an error
 */
record Pagination(
    Type type,
    boolean said,
    String param,
    long first,
    Map<String, String> size,
    List<String> next,
    List<String> total,
    List<String> more,
    long most) {
  private static final long MOST = 10_000;

  /** Ways to find the next page. */
  enum Type {
    /** There is one page only. */
    NONE("none", "type"),
    /** Pages are counted. */
    PAGE("page", "type param start size_param size total has_more max_pages"),
    /** Records are counted. */
    OFFSET("offset", "type param start size_param size total has_more max_pages"),
    /** An answer holds what to ask for next. */
    CURSOR("cursor", "type param next size_param size has_more max_pages"),
    /** The header {@code Link} with {@code rel=next}. */
    LINK("link", "type max_pages"),
    /** An answer holds the URL of the next page. */
    NEXT_URL("next_url", "type next has_more max_pages");

    final String word;
    private final String keys;

    Type(String word, String keys) {
      this.word = word;
      this.keys = keys;
    }

    Set<String> keys() {
      return Set.of(keys.split(" "));
    }
  }

  Pagination {
    size = Map.copyOf(size);
    next = List.copyOf(next);
    total = List.copyOf(total);
    more = List.copyOf(more);
  }

  private static Pagination none(boolean said) {
    return new Pagination(Type.NONE, said, "", 0, Map.of(), List.of(), List.of(), List.of(), MOST);
  }

  /** Reads {@code pagination}; what is wrong is noted. */
  static Pagination of(Settings settings) {
    Optional<Object> value = settings.value("pagination");
    if (value.isEmpty()) {
      return none(false);
    }
    boolean word = value.get() instanceof String;
    Optional<Keys> keys =
        Keys.of(settings, "pagination", word ? Optional.of(Map.of("type", value.get())) : value);
    Optional<Type> type = keys.flatMap(k -> type(settings, k));
    if (keys.isEmpty() || type.isEmpty()) {
      return none(true);
    }
    return of(settings, keys.get(), type.get());
  }

  private static Optional<Type> type(Settings settings, Keys keys) {
    String word = keys.required("type", "write page, offset, cursor, link or next_url");
    for (Type type : Type.values()) {
      if (type.word.equals(word)) {
        keys.only(type.keys());
        return Optional.of(type);
      }
    }
    if (!word.isEmpty()) {
      settings.problem(
          "pagination",
          "\"pagination.type\" cannot be \"" + word + "\"",
          "write one of page, offset, cursor, link, next_url, none");
    }
    return Optional.empty();
  }

  private static Pagination of(Settings settings, Keys keys, Type type) {
    boolean paged = type == Type.PAGE;
    List<String> next = keys.path("next");
    if (type == Type.CURSOR && next.isEmpty()) {
      settings.problem(
          "pagination",
          "\"pagination\" has no \"next\"",
          "write where an answer holds the next cursor, such as next: meta.next_cursor");
    }
    String param = keys.text("param").orElse(type.word);
    Map<String, String> size = Map.of();
    Optional<Object> count = keys.value("size");
    if (count.isPresent()) {
      long records = Amounts.number(settings, "pagination.size", count, 100, 1, 1_000_000);
      String name = keys.text("size_param").orElse(paged ? "per_page" : "limit");
      size = Map.of(name, Long.toString(records));
    } else if (keys.value("size_param").isPresent()) {
      settings.problem(
          "pagination", "\"pagination\" has a \"size_param\" but no \"size\"", "such as size: 100");
    }
    return new Pagination(
        type,
        true,
        param,
        Amounts.number(
            settings, "pagination.start", keys.value("start"), paged ? 1 : 0, 0, 1L << 40),
        size,
        type == Type.NEXT_URL && next.isEmpty() ? List.of("next") : next,
        keys.path("total"),
        keys.path("has_more"),
        Amounts.number(
            settings, "pagination.max_pages", keys.value("max_pages"), MOST, 1, 1_000_000));
  }

  /** Every place in an answer that decides what comes next. */
  Set<List<String>> places() {
    return java.util.stream.Stream.of(next, total, more)
        .filter(path -> !path.isEmpty())
        .collect(java.util.stream.Collectors.toSet());
  }
}
