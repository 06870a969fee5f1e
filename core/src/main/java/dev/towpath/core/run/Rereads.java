package dev.towpath.core.run;

import dev.towpath.core.graph.Asset;
import dev.towpath.core.store.LakeView;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.core.store.TableState;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What sources said when they were read again and held the same rows.
 *
 * <p>No release is made for that, since nothing in the lake changed; but where the next reading
 * starts from did, and without it the same would be read again each time. So it is staged under the
 * published state whose rows it found, and holds for that state wherever it is published: after a
 * rollback, too, reading goes on from where those rows were last seen.
 */
public final class Rereads {
  private Rereads() {}

  /**
   * A release as the next run starts from it: each source's table with what its newest reading
   * said.
   *
   * @param staged finds a staged state by its key
   */
  public static LakeView continued(LakeView view, Function<String, Optional<TableState>> staged) {
    Map<dev.towpath.spi.TableName, TableState> tables = new HashMap<>(view.tables());
    tables.replaceAll((_, state) ->
        state.source().isEmpty()
            ? state
            : staged
                .apply(MetadataStore.rereading(state.id()))
                .map(again -> state.readAs(again.source()))
                .orElse(state));
    return new LakeView(view.release(), tables);
  }

  /**
   * Whether publishing a state would tell nobody anything: it has the content of the published one
   * and was made in the same way from the same inputs. Where its source stands may differ.
   */
  static boolean isNoNews(Asset asset, TableState state, Optional<TableState> published) {
    boolean timed = asset.definition() instanceof Asset.FromModel model && model.timeDependent();
    return published
        .filter(p -> !timed) // it was made at another time, which decides when it is made again
        .filter(p -> p.version().equals(state.version()))
        .filter(p -> p.kind().equals(state.kind()))
        .filter(p -> p.fingerprint().equals(state.fingerprint()))
        .filter(p -> p.inputs().equals(state.inputs()))
        .filter(p -> p.built().equals(state.built()))
        .isPresent();
  }
}
