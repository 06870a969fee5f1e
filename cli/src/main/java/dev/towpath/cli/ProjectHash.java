package dev.towpath.cli;

import dev.towpath.core.graph.Asset;
import dev.towpath.core.graph.Graph;
import dev.towpath.core.graph.Hash;

/** One hash for all definitions of a project, kept with what they make. */
final class ProjectHash {
  private ProjectHash() {}

  static String of(Graph graph) {
    Hash hash = new Hash();
    for (Asset asset : graph.assets()) {
      hash.add(asset.name().identity()).add(asset.fingerprint());
    }
    return hash.hex();
  }
}
