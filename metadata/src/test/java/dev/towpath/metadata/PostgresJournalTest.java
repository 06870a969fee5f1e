package dev.towpath.metadata;

import org.junit.jupiter.api.Tag;

@Tag("integration")
class PostgresJournalTest extends JournalContract {
  @Override
  Backend backend() {
    return new PostgresBackend();
  }
}
