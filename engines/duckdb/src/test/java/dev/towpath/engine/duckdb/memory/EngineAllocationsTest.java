package dev.towpath.engine.duckdb.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What DuckDB takes of the system is counted, by whatever of its ways it asks for it. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class EngineAllocationsTest {
  private static final long MB = 1L << 20;

  private Connection duckdb;
  private EngineAllocations allocations;

  @BeforeEach
  void load() throws SQLException {
    duckdb = DriverManager.getConnection("jdbc:duckdb:");
    assumeThat(System.getenv("DUCKDB_JE_MALLOC_CONF")).as("Maven sets it").isNotNull();
    allocations = EngineAllocations.here().orElseThrow();
    allocations.hold();
  }

  @AfterEach
  void free() throws SQLException {
    allocations.release();
    duckdb.close();
  }

  private String ask(String sql) throws SQLException {
    try (Statement statement = duckdb.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }

  /**
   * Of values in a vector, of a state that grows, of a text that C++ makes, and of a join's table.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT sum(length(repeat('x', 1000000) || i)) FROM range(2048) r(i)",
        "SELECT length(string_agg(repeat('x', 1000000), '')) FROM range(2048)",
        "SELECT length(regexp_replace(repeat('x', 300000000), 'x', 'yy', 'g'))",
        "SELECT len(list(range)) FROM range(100000000)",
        "SELECT length(repeat('x', 2000000000))"
      })
  void whatIsNotAllowedIsNotThere(String sql) throws SQLException {
    allocations.allow(allocations.mapped() + 100 * MB, 100 * MB);
    try (Connection another = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = another.createStatement()) {
      assertThatThrownBy(() -> statement.executeQuery(sql))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("Out of Memory");
    }
    assertThat(ask("SELECT sum(range) FROM range(1000)")).as("it goes on").isEqualTo("499500");
  }

  @Test
  void whatIsNoLongerNeededIsGivenBack() throws Exception {
    try (Statement statement = duckdb.createStatement()) {
      statement.execute("SET GLOBAL allocator_background_threads = true");
    }
    long before = allocations.mapped();
    ask("SELECT sum(length(repeat('x', 1000000) || i)) FROM range(2048) r(i)");
    long patience = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (allocations.mapped() > before + 100 * MB && System.nanoTime() < patience) {
      Thread.sleep(50);
    }
    assertThat(allocations.mapped()).isLessThanOrEqualTo(before + 100 * MB);
  }

  @Test
  void nothingElseOfTheProcessIsBound() {
    allocations.allow(0, 0);
    assertThat(new byte[100][(int) MB]).hasDimensions(100, (int) MB);
    assertThat(java.nio.ByteBuffer.allocateDirect((int) (50 * MB)).capacity()).isEqualTo(50 * MB);
  }
}
