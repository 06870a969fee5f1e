package dev.towpath.metadata;

import org.junit.jupiter.api.Tag;

@Tag("integration")
class PostgresAccessTest extends AccessContract {
  @Override
  Backend backend() {
    return new PostgresBackend();
  }
}
