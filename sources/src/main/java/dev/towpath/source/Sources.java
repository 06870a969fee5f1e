package dev.towpath.source;

import dev.towpath.source.files.FilesSource;
import dev.towpath.source.http.HttpSource;
import dev.towpath.source.mysql.MysqlSource;
import dev.towpath.source.postgres.PostgresSource;
import dev.towpath.source.sqlite.SqliteSource;
import dev.towpath.source.tpch.TpchSource;
import dev.towpath.spi.SourceReader;
import java.util.List;

/** The readers of all bundled kinds of source. */
public final class Sources {
  private Sources() {}

  /** One reader per value of {@code type:}, in alphabetical order. */
  public static List<SourceReader> bundled() {
    return List.of(
        new FilesSource(),
        new HttpSource(),
        new MysqlSource(),
        new PostgresSource(),
        new SqliteSource(),
        new TpchSource());
  }
}
