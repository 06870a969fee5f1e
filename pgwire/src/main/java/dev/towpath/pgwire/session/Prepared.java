package dev.towpath.pgwire.session;

import dev.towpath.pgwire.text.Command;
import dev.towpath.pgwire.text.Sql;
import dev.towpath.pgwire.type.PgType;
import dev.towpath.pgwire.type.WireType;
import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import dev.towpath.server.Lakehouse;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Schema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A statement that a client has prepared.
 *
 * @param command empty when the text is
 * @param bytes that keeping it takes, about
 * @param declared OIDs that the client gave for parameters, 0 where it gave none
 * @param parameters what each is sent as, in the order of their numbers
 * @param columns as they were when it was prepared
 */
record Prepared(
    Optional<Command> command,
    long bytes,
    List<Integer> declared,
    List<WireType> parameters,
    Optional<Schema> columns) {
  private static final long EACH_BYTES = 500;
  private static final long TOKEN_BYTES = 80;
  private static final long COLUMN_BYTES = 100;

  Prepared {
    declared = List.copyOf(declared);
    parameters = List.copyOf(parameters);
  }

  /**
   * OIDs of parameters as the client gives them and, where it gives none, as the text casts them.
   *
   * @param casts names of types by number
   */
  static List<Integer> said(List<Integer> declared, Map<Integer, String> casts) {
    List<Integer> said = new ArrayList<>(declared);
    casts.forEach((number, name) -> {
      while (said.size() < number) {
        said.add(0);
      }
      boolean open = said.get(number - 1) == 0 || said.get(number - 1) == PgType.UNKNOWN.oid();
      if (open) {
        said.set(number - 1, WireType.named(name).map(WireType::oid).orElse(0));
      }
    });
    return said;
  }

  /** What keeping a statement takes, about. */
  static long bytes(Sql sql, int parameters, Optional<Schema> columns) {
    int named = parameters + columns.map(c -> c.columns().size()).orElse(0);
    return EACH_BYTES
        + 2L * sql.text().length()
        + TOKEN_BYTES * sql.tokens().size()
        + COLUMN_BYTES * named;
  }

  /** What the engine is told of types of parameters. */
  static Map<String, DataType> types(List<Integer> declared) {
    Map<String, DataType> types = new HashMap<>();
    for (int i = 0; i < declared.size(); i++) {
      String name = String.valueOf(i + 1);
      WireType.of(declared.get(i))
          .flatMap(WireType::engine)
          .ifPresent(type -> types.put(name, type));
    }
    return types;
  }

  static PgError changed() {
    return PgError.of(
        SqlState.FEATURE_NOT_SUPPORTED,
        "cached plan must not change result type",
        "a newer release has other columns; prepare the statement again");
  }

  private static int number(String name) {
    if (!name.matches("[1-9][0-9]{0,4}")) {
      throw PgError.of(
          SqlState.UNDEFINED_PARAMETER,
          "there is no parameter $" + name,
          "parameters are numbered here: $1, $2");
    }
    return Integer.parseInt(name);
  }

  /** What each parameter is sent as: as the client said, or else as the engine infers. */
  static List<WireType> parameters(List<Integer> declared, Question query) {
    Map<Integer, WireType> inferred = new HashMap<>();
    int count = declared.size();
    for (Lakehouse.Parameter parameter : query.parameters()) {
      int number = number(parameter.name());
      inferred.put(number, WireType.of(parameter.type()));
      count = Math.max(count, number);
    }
    List<WireType> parameters = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      Optional<WireType> said =
          i > declared.size() ? Optional.empty() : WireType.of(declared.get(i - 1));
      WireType known = inferred.getOrDefault(i, WireType.plain(PgType.TEXT));
      parameters.add(said.filter(t -> t.type() != PgType.UNKNOWN).orElse(known));
    }
    return parameters;
  }
}
