package dev.towpath.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.core.store.Event;
import dev.towpath.core.store.EventStore;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class EventHubTest {
  /** Events that a test adds. */
  private static final class Shelf implements EventStore {
    private final List<Event> events = new CopyOnWriteArrayList<>();

    void add(String type) {
      events.add(
          new Event(
              events.size() + 1,
              Instant.EPOCH,
              "dev",
              type,
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Map.of()));
    }

    @Override
    public List<Event> after(String environment, long id, int limit) {
      return events.stream().filter(e -> e.id() > id).limit(limit).toList();
    }

    @Override
    public long last(String environment) {
      return events.size();
    }

    @Override
    public boolean trimmed(long id) {
      return false;
    }
  }

  /** Who followed another server may know of events that this one has not looked at yet. */
  @Test
  void theNewestIsThatOfTheStore() {
    Shelf shelf = new Shelf();
    shelf.add("a");
    try (EventHub hub = new EventHub(shelf, "dev", () -> {})) {
      shelf.add("b");
      assertThat(hub.last()).isEqualTo(1);
      assertThat(hub.newest()).isEqualTo(2);
    }
  }

  @Test
  void aMistakeOfOneListenerOrLookSilencesNobody() throws Exception {
    Shelf shelf = new Shelf();
    List<String> heard = new CopyOnWriteArrayList<>();
    List<String> looks = new CopyOnWriteArrayList<>();
    Runnable look =
        () -> {
          looks.add("look");
          if (looks.size() == 1) {
            throw new IllegalStateException("a mistake");
          }
        };
    try (EventHub hub = new EventHub(shelf, "dev", look)) {
      hub.listen(event -> {
        throw new IllegalStateException("a mistake");
      });
      hub.listen(event -> heard.add(event.type()));
      hub.start();
      shelf.add("a");
      shelf.add("b");
      EventHub.News news = hub.next(0, 0, 30_000);
      assertThat(news.events()).extracting(Event::type).containsExactly("a", "b");
      assertThat(heard).containsExactly("a", "b");
    }
  }
}
