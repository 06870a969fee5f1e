package dev.towpath.importer.jinja;

import dev.towpath.spi.Location;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Members of values: what Python's texts, lists and dicts can do, and members of ours. */
final class Methods {
  private Methods() {}

  static Object member(Object target, String name, Location at) {
    return switch (target) {
      case Member member -> member.member(name);
      case String text -> method(text(text, name), name);
      case List<?> list -> method(list(list, name), name);
      case Map<?, ?> map -> {
        Object found = map.get(name);
        yield found != null && !name.equals("items") && !name.equals("get")
            ? found
            : method(map(map, name), name);
      }
      case Undefined u ->
          throw new JinjaException(
              at,
              "\"" + u.name() + "\" is not known, so it has no \"" + name + "\"",
              "write what it stands for by hand");
      default -> new Undefined(name);
    };
  }

  private static Object method(Optional<Function> function, String name) {
    return function.<Object>map(f -> f).orElse(new Undefined(name));
  }

  private static Optional<Function> text(String s, String name) {
    return Optional.ofNullable(
        switch (name) {
          case "upper" -> _ -> s.toUpperCase(Locale.ROOT);
          case "lower" -> _ -> s.toLowerCase(Locale.ROOT);
          case "title" -> _ -> Filters.title(s);
          case "capitalize" -> _ -> Filters.capitalized(s);
          case "strip" -> a -> stripped(s, a, true, true);
          case "lstrip" -> a -> stripped(s, a, true, false);
          case "rstrip" -> a -> stripped(s, a, false, true);
          case "replace" -> a -> s.replace(a.text(0, "old"), a.text(1, "new"));
          case "startswith" -> a -> s.startsWith(a.text(0, "prefix"));
          case "endswith" -> a -> s.endsWith(a.text(0, "suffix"));
          case "split" -> a -> split(s, a);
          case "splitlines" -> _ -> new ArrayList<Object>(s.lines().toList());
          case "join" -> a -> joined(s, a);
          case "format" -> a -> Format.braces(s, a);
          case "find" -> a -> (long) s.indexOf(a.text(0, "sub"));
          case "count" ->
              a -> (long) s.split(java.util.regex.Pattern.quote(a.text(0, "sub")), -1).length - 1;
          case "isdigit" -> _ -> !s.isEmpty() && s.chars().allMatch(Character::isDigit);
          case "isnumeric" -> _ -> !s.isEmpty() && s.chars().allMatch(Character::isDigit);
          case "zfill" ->
              a -> "0".repeat(Math.max(0, Integer.parseInt(a.text(0, "width")) - s.length())) + s;
          default -> null;
        });
  }

  private static Object stripped(String s, Arguments a, boolean left, boolean right) {
    String signs = a.text(0, "chars", " \t\n\r");
    int from = 0;
    int to = s.length();
    while (left && from < to && signs.indexOf(s.charAt(from)) >= 0) {
      from++;
    }
    while (right && to > from && signs.indexOf(s.charAt(to - 1)) >= 0) {
      to--;
    }
    return s.substring(from, to);
  }

  private static Object split(String s, Arguments a) {
    String separator = a.text(0, "sep", "");
    int most = Integer.parseInt(a.text(1, "maxsplit", "-1"));
    String[] parts =
        separator.isEmpty()
            ? s.strip().split("\\s+", most < 0 ? 0 : most + 1)
            : s.split(java.util.regex.Pattern.quote(separator), most < 0 ? -1 : most + 1);
    return new ArrayList<Object>(List.of(parts));
  }

  private static Object joined(String separator, Arguments a) {
    return a.items(0, "items").stream().map(Values::text).collect(Collectors.joining(separator));
  }

  @SuppressWarnings("unchecked")
  private static Optional<Function> list(List<?> given, String name) {
    List<Object> list = (List<Object>) given; // every list of ours holds any value
    return Optional.ofNullable(
        switch (name) {
          case "append" ->
              a -> {
                list.add(a.get(0, "item"));
                return None.NONE;
              };
          case "extend" ->
              a -> {
                list.addAll(a.items(0, "items"));
                return None.NONE;
              };
          case "insert" ->
              a -> {
                list.add(Integer.parseInt(a.text(0, "index")), a.get(1, "item"));
                return None.NONE;
              };
          case "remove" ->
              a -> {
                list.remove(a.get(0, "item"));
                return None.NONE;
              };
          case "pop" ->
              a ->
                  list.isEmpty()
                      ? new Undefined("pop")
                      : list.remove(Integer.parseInt(a.text(0, "index", list.size() - 1 + "")));
          case "index" -> a -> (long) list.indexOf(a.get(0, "item"));
          case "count" -> a -> list.stream().filter(i -> Values.same(i, a.get(0, "item"))).count();
          case "copy" -> _ -> new ArrayList<>(list);
          default -> null;
        });
  }

  @SuppressWarnings("unchecked")
  private static Optional<Function> map(Map<?, ?> given, String name) {
    Map<Object, Object> map = (Map<Object, Object>) given; // every dict of ours holds any value
    return Optional.ofNullable(
        switch (name) {
          case "items" -> _ -> pairs(map);
          case "keys" -> _ -> new ArrayList<>(map.keySet());
          case "values" -> _ -> new ArrayList<>(map.values());
          case "get" -> a -> map.getOrDefault(a.get(0, "key"), a.get(1, "default", None.NONE));
          case "update" ->
              a -> {
                if (a.get(0, "other") instanceof Map<?, ?> other) {
                  map.putAll(other);
                }
                map.putAll(a.named());
                return None.NONE;
              };
          case "pop" ->
              a -> {
                Object removed = map.remove(a.get(0, "key"));
                return removed == null ? a.get(1, "default", None.NONE) : removed;
              };
          case "setdefault" ->
              a -> {
                map.putIfAbsent(a.get(0, "key"), a.get(1, "default", None.NONE));
                return map.getOrDefault(a.get(0, "key"), None.NONE);
              };
          case "copy" -> _ -> new java.util.LinkedHashMap<>(map);
          default -> null;
        });
  }

  /** Keys and values, as {@code for k, v in} takes them. */
  static List<Object> pairs(Map<Object, Object> map) {
    List<Object> pairs = new ArrayList<>();
    map.forEach((key, value) -> pairs.add(new ArrayList<>(List.of(key, value))));
    return pairs;
  }
}
