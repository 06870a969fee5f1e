package dev.towpath.metadata;

import dev.towpath.spi.TowpathException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Lets a process die, or a disk fail, at a chosen point: points are the calls to the database and
 * to the lake's files. One for each simulated process.
 */
final class Faults {
  private int countdown = -1;
  private boolean deadly;
  private boolean struck;

  /** A process that is gone: nothing of ours catches it. */
  static final class Crash extends Error {
    private static final long serialVersionUID = 1L;

    Crash() {
      super("crash", null, false, false);
    }
  }

  /** Strikes at the n-th point from here, counted from 1. */
  synchronized void arm(int n, boolean crash) {
    countdown = n;
    deadly = crash;
    struck = false;
  }

  /** Whether it struck since it was armed; it will not any more. */
  synchronized boolean disarm() {
    countdown = -1;
    return struck;
  }

  private synchronized boolean strikes() {
    if (countdown < 0 || --countdown != 0) {
      return false;
    }
    countdown = -1;
    struck = true;
    return true;
  }

  private synchronized boolean crashes() {
    return deadly && strikes();
  }

  private void beforeFile() {
    if (strikes()) {
      if (deadly) {
        throw new Crash();
      }
      throw new TowpathException("the disk failed");
    }
  }

  /** A crash, but never a failure: what is done cannot fail any more. */
  private void after() {
    if (crashes()) {
      throw new Crash();
    }
  }

  private void beforeSql() throws SQLException {
    if (strikes()) {
      if (deadly) {
        throw new Crash();
      }
      throw new SQLException("the disk failed");
    }
  }

  /** A connection whose statements are points. */
  Connection wrap(Connection connection) {
    return (Connection)
        Proxy.newProxyInstance(
            Faults.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, args) -> {
              Object result = call(connection, method, args);
              return switch (result) {
                case PreparedStatement s -> wrap(s, PreparedStatement.class, (String) args[0]);
                case Statement s -> wrap(s, Statement.class, "");
                case null, default -> result;
              };
            });
  }

  private <T extends Statement> Object wrap(T statement, Class<T> type, String sql) {
    return Proxy.newProxyInstance(
        Faults.class.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, args) -> {
          boolean point = method.getName().startsWith("execute");
          if (point) {
            beforeSql();
          }
          Object result = call(statement, method, args);
          if (point && sql.equals("COMMIT")) {
            after();
          }
          return result;
        });
  }

  private static Object call(Object target, java.lang.reflect.Method method, Object[] args)
      throws Throwable {
    try {
      return method.invoke(target, args);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  /** The lake's files as this process sees them. */
  MemoryObjects wrap(MemoryObjects objects, InstantSource clock) {
    return new MemoryObjects(clock, objects) {
      @Override
      public byte[] read(String path) {
        beforeFile();
        return super.read(path);
      }

      @Override
      public void write(String path, byte[] content) {
        beforeFile();
        super.write(path, content);
        after();
      }

      @Override
      public boolean writeIfAbsent(String path, byte[] content) {
        beforeFile();
        boolean written = super.writeIfAbsent(path, content);
        after();
        return written;
      }

      @Override
      public Optional<Stat> stat(String path) {
        beforeFile();
        return super.stat(path);
      }

      @Override
      public Stream<Stat> list(String directory) {
        beforeFile();
        return super.list(directory);
      }

      @Override
      public void delete(List<String> paths) {
        for (String path : paths) {
          beforeFile();
          super.delete(List.of(path));
        }
      }
    };
  }
}
