package dev.towpath.server.reading;

import dev.towpath.core.query.Gate;
import dev.towpath.core.query.QueryText;
import dev.towpath.server.Lakehouse;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Serving;
import dev.towpath.spi.Slice;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TableName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/** A query that has passed the gate. */
final class PreparedQuery implements Lakehouse.Query {
  private static final Schema PLAN = Schema.of("kind", "VARCHAR", "plan", "VARCHAR");

  private final OpenRelease release;
  private final Asking who;
  private final QueryText text;
  private final Gate.Found found;
  private final Limits limits;
  private final Turns turns;
  private final Alarms alarms;
  private final ResultFiles files;

  /** A query that may be run. */
  PreparedQuery(
      OpenRelease release,
      Asking who,
      QueryText text,
      Gate.Found found,
      Limits limits,
      Turns turns,
      Alarms alarms,
      ResultFiles files) {
    this.release = release;
    this.who = who;
    this.text = text;
    this.found = found;
    this.limits = limits;
    this.turns = turns;
    this.alarms = alarms;
    this.files = files;
  }

  @Override
  public Schema columns() {
    return found.columns();
  }

  @Override
  public List<Lakehouse.Parameter> parameters() {
    return found.parameters().entrySet().stream()
        .map(p -> new Lakehouse.Parameter(p.getKey(), p.getValue()))
        .toList();
  }

  @Override
  public Set<TableName> reads() {
    return found.reads();
  }

  @Override
  public boolean steady() {
    return found.steady();
  }

  @Override
  public Lakehouse.Cursor run(Map<String, Optional<Statement.Bound>> values) {
    return run(values, new Lakehouse.Most(Slice.ALL, limits.time()));
  }

  @Override
  public Lakehouse.Cursor run(Map<String, Optional<Statement.Bound>> values, Lakehouse.Most most) {
    Statement statement = statement(values);
    return begin(most, catalog -> catalog.run(statement, found.columns(), most.slice()));
  }

  @Override
  public Lakehouse.Cursor handOver(
      Map<String, Optional<Statement.Bound>> values, Lakehouse.Most most) {
    Statement statement = statement(values);
    return begin(most, catalog -> catalog.handOver(statement, found.columns(), most.slice()));
  }

  @Override
  public Lakehouse.Cursor planTree(Map<String, Optional<Statement.Bound>> values) {
    who.requireAll();
    Statement asked = statement(values);
    Statement explained = new Statement("EXPLAIN (FORMAT json) " + asked.sql(), asked.parameters());
    return begin(
        new Lakehouse.Most(Slice.ALL, limits.time()),
        catalog -> catalog.run(explained, PLAN, Slice.ALL));
  }

  @Override
  public Lakehouse.Cursor plan(Map<String, Optional<Statement.Bound>> values, boolean analyze) {
    who.requireAll();
    Statement statement = statement(values);
    return begin(
        new Lakehouse.Most(Slice.ALL, limits.time()), catalog -> catalog.plan(statement, analyze));
  }

  @Override
  public Path parquet(Map<String, Optional<Statement.Bound>> values, Lakehouse.Most most) {
    Statement statement = statement(values);
    Path target = release.folder().resolve("result-" + UUID.randomUUID() + ".parquet");
    ResultFiles.Watched file = files.watch(target);
    boolean written = false;
    try {
      begin(
              most,
              catalog -> {
                Serving.Result result =
                    catalog.parquet(statement, found.columns(), most.slice(), target);
                file.stoppedBy(result::cancel);
                return result;
              })
          .close();
      file.kept(turns.open(who.name())::close); // it is open until it has been fetched
      written = true;
      return target;
    } catch (CancelledException e) {
      file.check();
      throw e;
    } finally {
      if (!written) {
        file.close();
        remove(target);
      }
    }
  }

  private static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Statement statement(Map<String, Optional<Statement.Bound>> values) {
    Map<String, Object> bound = new HashMap<>();
    values.forEach((name, value) -> bound.put(name, value.isPresent() ? value.get() : value));
    return new Statement(text.sql(), bound);
  }

  private LimitedCursor begin(
      Lakehouse.Most most, Function<Serving.Catalog, Serving.Result> result) {
    Turns.Turn inside = enter();
    LimitedCursor cursor;
    try {
      release.expose(found.reads());
      Serving.Result begun = result.apply(release.catalog());
      most.watcher().accept(begun::progress);
      cursor = new LimitedCursor(begun, text, most.time(), turns, alarms, inside::close);
    } catch (RuntimeException e) {
      inside.close();
      throw e;
    }
    return cursor.begun();
  }

  /** Keeps the release open for as long as the result is. */
  private Turns.Turn enter() {
    Turns.Turn counted = turns.open(who.name());
    if (!release.enter()) {
      counted.close();
      throw new IllegalStateException("release " + release.number() + " is closed");
    }
    return () -> {
      counted.close();
      release.leave();
    };
  }

  @Override
  public void close() {
    // what was found belongs to the release
  }
}
