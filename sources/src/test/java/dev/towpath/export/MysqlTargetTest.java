package dev.towpath.export;

import dev.towpath.spi.ExportTarget;
import dev.towpath.testing.DatabaseServer;
import dev.towpath.testing.MariaDbServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;

@Tag("integration")
class MysqlTargetTest extends DatabaseTargetContract {
  @BeforeEach
  void empty() {
    server().sql("mysql", "DROP DATABASE IF EXISTS sink", "CREATE DATABASE sink");
  }

  @Override
  DatabaseServer server() {
    return MariaDbServer.shared();
  }

  @Override
  ExportTarget target() {
    return new DatabaseTarget(new MysqlWriter());
  }

  @Override
  String database() {
    return "sink";
  }

  @Override
  String scheme() {
    return "mysql";
  }

  @Override
  String blob() {
    return "61";
  }
}
