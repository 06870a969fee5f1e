package dev.towpath.source.sql;

import dev.towpath.testing.DatabaseServer;
import dev.towpath.testing.MariaDbServer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

@Tag("integration")
class MariaDbTransactionTest extends TransactionContract {
  @BeforeAll
  static void empty() {
    MariaDbServer.shared().sql("mysql", "DROP DATABASE IF EXISTS work", "CREATE DATABASE work");
  }

  @Override
  DatabaseServer server() {
    return MariaDbServer.shared();
  }

  @Override
  String scheme() {
    return "mysql";
  }

  @Override
  String database() {
    return "work";
  }

  @Override
  String sleeping() {
    return "SELECT sleep(60)";
  }

  @Override
  String countSleepers() {
    return "SELECT count(*) FROM information_schema.processlist WHERE info LIKE 'SELECT sleep(60)%'";
  }
}
