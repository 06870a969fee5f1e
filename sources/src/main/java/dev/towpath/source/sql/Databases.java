package dev.towpath.source.sql;

import dev.towpath.source.jdbc.Access;
import dev.towpath.source.jdbc.Dialect;
import dev.towpath.source.mysql.MysqlDialect;
import dev.towpath.source.postgres.PostgresDialect;
import dev.towpath.spi.SqlPlace;
import dev.towpath.spi.TowpathException;
import java.util.List;

/** The database servers that jobs may write to: PostgreSQL and MariaDB or MySQL. */
public final class Databases implements SqlPlace.Finder {
  private static final List<Dialect> DIALECTS = List.of(new PostgresDialect(), new MysqlDialect());

  @Override
  public SqlPlace at(String url) {
    String text = url.strip();
    String plain = text.startsWith("jdbc:") ? text.substring("jdbc:".length()) : text;
    for (Dialect dialect : DIALECTS) {
      if (dialect.schemes().stream().anyMatch(scheme -> plain.startsWith(scheme + "://"))) {
        return new Transaction(dialect, Access.of(text, dialect));
      }
    }
    throw new TowpathException(
        "\"url\" leads to no database that is known",
        "write " + DIALECTS.getFirst().example() + ", or " + DIALECTS.getLast().example());
  }
}
