package dev.towpath.metadata;

import org.junit.jupiter.api.Tag;

@Tag("integration")
class PostgresExecutorTest extends ExecutorContract {
  @Override
  Backend backend() {
    return new PostgresBackend();
  }
}
