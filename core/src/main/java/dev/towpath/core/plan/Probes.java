package dev.towpath.core.plan;

import dev.towpath.core.check.Contacts;
import dev.towpath.core.store.SourceStateJson;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.Lake;
import dev.towpath.spi.SourceReader.Probe;
import dev.towpath.spi.SourceState;
import dev.towpath.spi.SourceTable;
import dev.towpath.spi.TableName;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Asks sources whether there is something new, each once: a run plans twice, and whoever is asked
 * may be slow, or count the requests.
 */
public final class Probes {
  private final Contacts contacts;
  private final Lake lake;
  private final Map<Asked, Probe> answers = new HashMap<>();

  /** What was asked: the table, and from where its next reading starts. */
  private record Asked(TableName table, Optional<String> source) {}

  /** Probes for one run. */
  public Probes(Contacts contacts, Lake lake) {
    this.contacts = contacts;
    this.lake = lake;
  }

  /** Whether a table's source has something new since its published state was read. */
  Probe of(SourceTable table, TableState state) {
    Asked asked = new Asked(table.name(), state.source());
    Probe known = answers.get(asked);
    if (known != null) {
      return known;
    }
    Optional<SourceState> last =
        state.source().map(path -> SourceStateJson.read(lake.objects().read(path), path));
    Probe answer = contacts.guarded(() -> contacts.reader(table).probe(table, last));
    answers.put(asked, answer);
    return answer;
  }
}
