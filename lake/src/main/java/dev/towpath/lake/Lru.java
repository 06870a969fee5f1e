package dev.towpath.lake;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Values of bounded total weight; the least recently used goes first. Thread-safe. */
final class Lru<K, V> {
  private final Map<K, V> values = new LinkedHashMap<>(64, 0.75f, true);
  private final ToLongFunction<V> weigher;
  private final long capacity;
  private long weight;

  Lru(long capacity, ToLongFunction<V> weigher) {
    this.capacity = capacity;
    this.weigher = weigher;
  }

  synchronized @Nullable V get(K key) {
    return values.get(key);
  }

  synchronized void put(K key, V value) {
    V old = values.put(key, value);
    weight += weigher.applyAsLong(value) - (old == null ? 0 : weigher.applyAsLong(old));
    Iterator<V> eldest = values.values().iterator();
    while (weight > capacity && eldest.hasNext()) {
      weight -= weigher.applyAsLong(eldest.next());
      eldest.remove();
    }
  }
}
