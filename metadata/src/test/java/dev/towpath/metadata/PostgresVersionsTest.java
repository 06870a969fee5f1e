package dev.towpath.metadata;

import org.junit.jupiter.api.Tag;

@Tag("integration")
class PostgresVersionsTest extends VersionsContract {
  @Override
  Backend backend() {
    return new PostgresBackend();
  }
}
