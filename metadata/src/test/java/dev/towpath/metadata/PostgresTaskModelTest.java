package dev.towpath.metadata;

import org.junit.jupiter.api.Tag;

@Tag("integration")
class PostgresTaskModelTest extends TaskModelContract {
  @Override
  Backend backend() {
    return new PostgresBackend();
  }

  @Override
  int graphs() {
    return 20;
  }
}
