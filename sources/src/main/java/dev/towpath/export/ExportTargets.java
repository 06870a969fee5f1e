package dev.towpath.export;

import dev.towpath.spi.ExportTarget;
import java.util.List;

/** The targets that come with Towpath. */
public final class ExportTargets {
  private ExportTargets() {}

  /** All of them. */
  public static List<ExportTarget> bundled() {
    return List.of(new DatabaseTarget(new PostgresWriter()), new DatabaseTarget(new MysqlWriter()));
  }
}
