package dev.towpath.engine.duckdb.session;

import dev.towpath.engine.duckdb.session.Queries.Wrapped;
import dev.towpath.spi.Engine;
import dev.towpath.spi.EngineSession;
import dev.towpath.spi.Extract;
import dev.towpath.spi.FileScan;
import dev.towpath.spi.Monitor;
import dev.towpath.spi.Names;
import dev.towpath.spi.Relation;
import dev.towpath.spi.Rows;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TableName;
import dev.towpath.spi.WriteRequest;
import dev.towpath.spi.WriteResult;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** One in-memory DuckDB database. */
final class DuckDbSession implements EngineSession {
  private final Connections connections;
  private final Engine.Options options;
  private final Path root;

  /** Two changes of the catalog at one time would conflict. */
  private final ReentrantLock catalog = new ReentrantLock();

  DuckDbSession(Connections connections, Engine.Options options) {
    this.connections = connections;
    this.options = options;
    this.root = options.lakeRoot().toAbsolutePath().normalize();
  }

  @Override
  public void expose(TableName table, Relation relation) {
    connections.run(
        job -> {
          Wrapped view =
              Wrapped.of(
                  new Exposure(root, job::prepare).select(relation),
                  "CREATE OR REPLACE VIEW " + table.quoted() + " AS ",
                  "");
          catalog.lock();
          try {
            job.execute("CREATE SCHEMA IF NOT EXISTS " + Names.quote(table.schema()));
            view.execute(job);
          } finally {
            catalog.unlock();
          }
          return table;
        },
        Monitor.NONE);
  }

  @Override
  public void macro(String createMacro) {
    connections.run(
        job -> {
          catalog.lock();
          try {
            job.execute(createMacro);
          } finally {
            catalog.unlock();
          }
          return createMacro;
        },
        Monitor.NONE);
  }

  @Override
  public Schema describe(Statement query) {
    return connections.run(job -> Queries.describe(job, query), Monitor.NONE);
  }

  @Override
  public Schema infer(FileScan scan) {
    return connections.run(job -> FileWriter.infer(job, scan), Monitor.NONE);
  }

  @Override
  public WriteResult write(WriteRequest request, Monitor monitor) {
    return connections.run(
        job -> new Writer(root, options.tempDirectory(), options.threads(), job, request).write(),
        monitor);
  }

  @Override
  public Rows query(Statement query, int limit) {
    return connections.run(job -> Queries.query(job, query, limit), Monitor.NONE);
  }

  @Override
  public void export(Statement query, FileScan.Format format, Path target, Monitor monitor) {
    connections.run(
        job -> {
          new Export(job, query, format).to(target.toAbsolutePath());
          return target;
        },
        monitor);
  }

  @Override
  public void arrow(Statement query, Path target, Monitor monitor) {
    connections.run(
        job -> {
          new ArrowFile(job, query).to(target.toAbsolutePath());
          return target;
        },
        monitor);
  }

  @Override
  public List<Path> parquet(Relation relation, Schema columns, Path copy, Monitor monitor) {
    return connections.run(job -> new HandOver(root, job).files(relation, columns, copy), monitor);
  }

  @Override
  public void keep(TableName table, Extract.Arrow rows) {
    connections.run(
        job -> {
          catalog.lock();
          try {
            job.execute("CREATE SCHEMA IF NOT EXISTS " + Names.quote(table.schema()));
          } finally {
            catalog.unlock();
          }
          try (ArrowInput input = new ArrowInput(job, rows)) {
            try {
              job.execute("CREATE TABLE " + table.quoted() + " AS " + input.select());
            } catch (SQLException e) {
              throw input.failure(e);
            }
          }
          return table;
        },
        Monitor.NONE);
  }

  @Override
  public void close() {
    connections.close();
    Directories.remove(options.tempDirectory());
  }
}
