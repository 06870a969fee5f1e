package dev.towpath.pgwire.session;

import dev.towpath.pgwire.text.Command;
import dev.towpath.pgwire.text.Commands;
import dev.towpath.pgwire.text.Sql;
import dev.towpath.pgwire.type.Decoder;
import dev.towpath.pgwire.type.WireType;
import dev.towpath.pgwire.wire.Outbox;
import dev.towpath.pgwire.wire.Payload;
import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import dev.towpath.server.Lakehouse;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The extended protocol: parse, bind, describe, execute. Used by one thread. */
final class Extended {
  private final Outbox out;
  private final Planner planner;
  private final Executor executor;
  private final Portals portals;
  private final Statements statements;

  Extended(Outbox out, Planner planner, Executor executor, Portals portals, Statements statements) {
    this.out = out;
    this.planner = planner;
    this.executor = executor;
    this.portals = portals;
    this.statements = statements;
  }

  void parse(Payload payload) {
    String name = payload.text();
    String text = payload.text();
    int count = payload.count(4);
    List<Integer> declared = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      declared.add(payload.int32());
    }
    payload.end();
    statements.requireFree(name);
    statements.keep(name, prepare(text, declared));
    out.empty('1');
  }

  private Prepared prepare(String text, List<Integer> declared) {
    List<Sql> all = Sql.split(text);
    if (all.size() > 1) {
      throw PgError.of(
          SqlState.SYNTAX_ERROR, "cannot insert multiple commands into a prepared statement");
    }
    if (all.isEmpty()) {
      return new Prepared(Optional.empty(), 0, List.of(), List.of(), Optional.empty());
    }
    return planner.prepared(Commands.read(all.getFirst()), all.getFirst(), declared);
  }

  void bind(Payload payload) {
    String portalName = payload.text();
    Prepared statement = statements.get(payload.text());
    List<Integer> formats = formats(payload);
    List<Optional<byte[]>> values = values(payload);
    List<Integer> resultFormats = formats(payload);
    payload.end();
    if (values.size() != statement.parameters().size()) {
      throw PgError.protocol(
          "bind message supplies %d parameters, but the prepared statement requires %d"
              .formatted(values.size(), statement.parameters().size()));
    }
    long bytes =
        statement.bytes() + values.stream().mapToLong(v -> v.map(b -> b.length).orElse(0)).sum();
    portals.put(
        portalName, portal(statement, decode(statement, formats, values), resultFormats), bytes);
    out.empty('2');
  }

  private Portal portal(
      Prepared statement, Map<String, Optional<String>> texts, List<Integer> resultFormats) {
    if (statement.command().isEmpty()) {
      return new Portal(Optional.empty(), Optional.empty(), null, null);
    }
    Command command = statement.command().get();
    Map<String, DataType> types = Prepared.types(statement.declared());
    Map<String, Optional<Statement.Bound>> values = new HashMap<>();
    Optional<Question> question = planner.question(command, types);
    for (Lakehouse.Parameter p : question.map(Question::parameters).orElse(List.of())) {
      values.put(
          p.name(),
          texts
              .getOrDefault(p.name(), Optional.empty())
              .map(text -> new Statement.Bound(text, p.type())));
    }
    Portal portal = planner.portal(command, types, values, Optional.of(resultFormats));
    Optional<Schema> now = portal.columns().map(Columns::schema);
    if (!now.equals(statement.columns())) {
      portal.close();
      throw Prepared.changed();
    }
    return portal;
  }

  private static List<Integer> formats(Payload payload) {
    int count = payload.count(2);
    List<Integer> formats = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int format = payload.int16();
      if (format != 0 && format != 1) {
        throw PgError.of(SqlState.INVALID_PARAMETER_VALUE, "unsupported format code: " + format);
      }
      formats.add(format);
    }
    return formats;
  }

  private static List<Optional<byte[]>> values(Payload payload) {
    int count = payload.count(4);
    List<Optional<byte[]>> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int length = payload.int32();
      values.add(length == -1 ? Optional.empty() : Optional.of(payload.bytes(length)));
    }
    return values;
  }

  /** Values by number, as texts that the engine reads. */
  private static Map<String, Optional<String>> decode(
      Prepared statement, List<Integer> formats, List<Optional<byte[]>> values) {
    if (formats.size() > 1 && formats.size() != values.size()) {
      throw PgError.protocol(
          "bind message has %d parameter formats but %d parameters"
              .formatted(formats.size(), values.size()));
    }
    List<Integer> each =
        formats.size() == 1
            ? Collections.nCopies(values.size(), formats.getFirst())
            : formats.isEmpty() ? Collections.nCopies(values.size(), 0) : formats;
    Map<String, Optional<String>> texts = new HashMap<>();
    for (int i = 0; i < values.size(); i++) {
      WireType type = statement.parameters().get(i);
      boolean binary = each.get(i) == 1;
      texts.put(String.valueOf(i + 1), values.get(i).map(v -> Decoder.decode(type, v, binary)));
    }
    return texts;
  }

  void describe(Payload payload) {
    int kind = payload.int8();
    String name = payload.text();
    payload.end();
    switch (kind) {
      case 'S' -> {
        Prepared statement = statements.get(name);
        out.begin('t').int16(statement.parameters().size());
        statement.parameters().forEach(type -> out.int32(type.oid()));
        out.end();
        columns(statement.columns().map(Columns::text));
      }
      case 'P' -> columns(portals.get(name, "portal").columns());
      default -> throw PgError.protocol("invalid DESCRIBE message subtype " + kind);
    }
  }

  private void columns(Optional<Columns> columns) {
    if (columns.isPresent()) {
      columns.get().describe(out);
    } else {
      out.empty('n');
    }
  }

  void execute(Payload payload) {
    String name = payload.text();
    int limit = payload.int32();
    payload.end();
    executor.execute(portals.get(name, "portal"), limit <= 0 ? Long.MAX_VALUE : limit);
  }

  void close(Payload payload) {
    int kind = payload.int8();
    String name = payload.text();
    payload.end();
    switch (kind) {
      case 'S' -> statements.drop(name);
      case 'P' -> portals.close(name);
      default -> throw PgError.protocol("invalid CLOSE message subtype " + kind);
    }
    out.empty('3');
  }
}
