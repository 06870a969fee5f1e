package dev.towpath.metadata;

import org.junit.jupiter.api.Tag;

@Tag("integration")
class PostgresStoreTest extends StoreContract {
  @Override
  Backend backend() {
    return new PostgresBackend();
  }
}
