package dev.towpath.export;

import dev.towpath.spi.ExportTarget;
import dev.towpath.testing.DatabaseServer;
import dev.towpath.testing.PostgresServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;

@Tag("integration")
class PostgresTargetTest extends DatabaseTargetContract {
  @BeforeEach
  void empty() {
    server().sql("postgres", "DROP DATABASE IF EXISTS sink", "CREATE DATABASE sink");
  }

  @Override
  DatabaseServer server() {
    return PostgresServer.shared();
  }

  @Override
  ExportTarget target() {
    return new DatabaseTarget(new PostgresWriter());
  }

  @Override
  String database() {
    return "sink";
  }

  @Override
  String scheme() {
    return "postgres";
  }

  @Override
  String blob() {
    return "\\x61";
  }
}
