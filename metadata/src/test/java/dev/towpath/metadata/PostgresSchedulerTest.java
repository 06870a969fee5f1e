package dev.towpath.metadata;

import org.junit.jupiter.api.Tag;

@Tag("integration")
class PostgresSchedulerTest extends SchedulerContract {
  @Override
  Backend backend() {
    return new PostgresBackend();
  }
}
