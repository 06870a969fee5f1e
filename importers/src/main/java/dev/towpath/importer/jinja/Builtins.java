package dev.towpath.importer.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** The functions that Jinja itself has. */
public final class Builtins {
  private Builtins() {}

  /** By name. */
  public static Map<String, Function> all() {
    return Map.of(
        "range", Builtins::range,
        "namespace", a -> new Namespace(a.named()),
        "dict", a -> new LinkedHashMap<Object, Object>(a.named()),
        "set", a -> new ArrayList<>(new LinkedHashSet<>(a.items(0, "items"))),
        "zip", Builtins::zip);
  }

  private static Object range(Arguments a) {
    boolean one = a.positional().size() == 1;
    long from = one ? 0 : (long) Values.number(a.get(0, "start"), a.at());
    long to = (long) Values.number(a.get(one ? 0 : 1, "stop"), a.at());
    long step = a.positional().size() < 3 ? 1 : (long) Values.number(a.get(2, "step"), a.at());
    if (step == 0 || (to - from) / step > 1_000_000) {
      throw a.error("this range is too long", "make it shorter");
    }
    List<Object> all = new ArrayList<>();
    for (long i = from; step > 0 ? i < to : i > to; i += step) {
      all.add(i);
    }
    return all;
  }

  private static Object zip(Arguments a) {
    List<List<Object>> lists = new ArrayList<>();
    for (int i = 0; i < a.positional().size(); i++) {
      lists.add(a.items(i, "items"));
    }
    List<Object> out = new ArrayList<>();
    int size = lists.stream().mapToInt(List::size).min().orElse(0);
    for (int i = 0; i < size; i++) {
      List<Object> one = new ArrayList<>();
      for (List<Object> list : lists) {
        one.add(list.get(i));
      }
      out.add(one);
    }
    return out;
  }
}
