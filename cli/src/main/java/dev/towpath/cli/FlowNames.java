package dev.towpath.cli;

import dev.towpath.core.project.Flow;
import dev.towpath.spi.Names;
import java.util.List;

/** Finds flows by the names that people type. */
final class FlowNames {
  private FlowNames() {}

  /** The flow of that name, or the wrong usage that there is none. */
  static Flow find(Platform platform, String name) {
    List<Flow> flows = platform.project().flows();
    return platform
        .project()
        .flow(name)
        .orElseThrow(() ->
            new UsageException(
                "unknown flow \"" + name + "\"",
                Names.nearest(name, flows.stream().map(Flow::name).toList())
                    .map(n -> "did you mean \"" + n + "\"?")
                    .orElse(
                        flows.isEmpty()
                            ? "this project has no flows/ yet"
                            : "\"towpath flows\" lists them")));
  }
}
