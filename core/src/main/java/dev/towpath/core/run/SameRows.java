package dev.towpath.core.run;

import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.EngineSession;
import dev.towpath.spi.HiddenColumns;
import dev.towpath.spi.Names;
import dev.towpath.spi.Relation;
import dev.towpath.spi.Rows;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TableFiles;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Decides whether two sets of rows are the same bag, so that the old ones may stay.
 *
 * <p>They are when their number and the sum and xor of their 64-bit hashes are. The hash must tell
 * apart whatever a query can: of a nested value the engine's own takes NULL for the empty list and
 * runs lists of neighbouring columns together, so its text is hashed instead, in which NULLs and
 * quotes are unambiguous; and of a floating point number it takes -0.0 for 0.0, so the sign is
 * hashed too.
 */
final class SameRows {
  private SameRows() {}

  /**
   * Whether two states of one table hold the same rows under the same columns; cheap answers first.
   */
  static boolean same(EngineSession session, TableFiles old, TableFiles fresh) {
    if (old.rows() != fresh.rows() || !old.fields().equals(fresh.fields())) {
      return false;
    }
    if (old.rows() == 0) {
      return true;
    }
    return same(session, old, fresh, HiddenColumns.visible(old.fields()).columns());
  }

  /** Whether they are the same in these columns, which both of them have. */
  static boolean same(
      EngineSession session, TableFiles old, TableFiles fresh, List<Column> columns) {
    return bag(session, old, columns).equals(bag(session, fresh, columns));
  }

  /** Like {@link #same}; old files that are lost or damaged are as good as different ones. */
  static boolean sameAsLegible(RunContext context, TableFiles old, TableFiles fresh) {
    try {
      return same(context.session(), old, fresh);
    } catch (CancelledException e) {
      throw e;
    } catch (TowpathException e) {
      context.listener().note("not compared with the rows before: " + e.getMessage());
      return false;
    }
  }

  private static List<String> bag(EngineSession session, TableFiles files, List<Column> columns) {
    TableName table = Staging.expose(session, new Relation.Lake(files));
    Rows rows =
        session.query(Statement.of("SELECT " + bag(columns) + " FROM " + table.quoted()), 1);
    return rows.rows().getFirst().stream().map(String::valueOf).toList();
  }

  /** Aggregates that are equal for equal bags of rows, as the text of a SELECT's columns. */
  static String bag(List<Column> columns) {
    String hash =
        columns.stream()
            .flatMap(c -> values(c).stream())
            .collect(Collectors.joining(", ", "hash(", ")"));
    return "count(*), sum(" + hash + "), bit_xor(" + hash + ")";
  }

  private static List<String> values(Column column) {
    String name = Names.quote(column.name());
    return switch (column.type()) {
      case DataType.Simple(String type) when type.equals("FLOAT") || type.equals("DOUBLE") ->
          List.of(name, "signbit(" + name + ")");
      case DataType.Simple _, DataType.Decimal _, DataType.EnumOf _ -> List.of(name);
      case DataType.ListOf _,
          DataType.ArrayOf _,
          DataType.Struct _,
          DataType.MapOf _,
          DataType.Union _ ->
          List.of("CAST(" + name + " AS VARCHAR)");
    };
  }
}
