package dev.towpath.source.tpch;

import dev.towpath.spi.Schema;
import io.trino.tpch.Customer;
import io.trino.tpch.CustomerGenerator;
import io.trino.tpch.Distributions;
import io.trino.tpch.LineItem;
import io.trino.tpch.LineItemGenerator;
import io.trino.tpch.Nation;
import io.trino.tpch.NationGenerator;
import io.trino.tpch.Order;
import io.trino.tpch.OrderGenerator;
import io.trino.tpch.Part;
import io.trino.tpch.PartGenerator;
import io.trino.tpch.PartSupplier;
import io.trino.tpch.PartSupplierGenerator;
import io.trino.tpch.Region;
import io.trino.tpch.RegionGenerator;
import io.trino.tpch.Supplier;
import io.trino.tpch.SupplierGenerator;
import io.trino.tpch.TextPool;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** The eight tables: names, types, sizes, and how a generated thing becomes a row. */
final class TpchTables {
  /** All dates of the benchmark, 1992 to 1998, and some room. */
  private static final LocalDate[] DAYS = days();

  private static final int FIRST_DAY = (int) LocalDate.of(1992, 1, 1).toEpochDay();

  private TpchTables() {}

  /**
   * One table.
   *
   * @param rowsPerScale rows at scale 1 (line items: about); 0 when the size never changes
   * @param generator rows of one part of many
   */
  record Table(String name, Schema schema, long rowsPerScale, Generator generator) {}

  /** Makes the rows of one part. */
  @FunctionalInterface
  interface Generator {
    /**
     * Starts one part.
     *
     * @param part 1 and up
     */
    TpchRows<?> open(double scale, int part, int parts, TextPool texts);
  }

  static final List<Table> ALL =
      List.of(region(), nation(), supplier(), customer(), part(), partsupp(), orders(), lineitem());

  static Optional<Table> find(String name) {
    return ALL.stream().filter(table -> table.name().equalsIgnoreCase(name)).findFirst();
  }

  private static <E> Table table(
      String name,
      long rowsPerScale,
      Schema schema,
      Things<E> things,
      BiConsumer<E, Object[]> toRow) {
    int width = schema.columns().size();
    return new Table(
        name,
        schema,
        rowsPerScale,
        (scale, part, parts, texts) ->
            new TpchRows<>(things.of(scale, part, parts, texts).iterator(), toRow, width));
  }

  @FunctionalInterface
  private interface Things<E> {
    Iterable<E> of(double scale, int part, int parts, TextPool texts);
  }

  private static Table region() {
    return table(
        "region",
        0,
        Schema.of("r_regionkey", "INTEGER", "r_name", "VARCHAR", "r_comment", "VARCHAR"),
        (scale, part, parts, texts) ->
            new RegionGenerator(Distributions.getDefaultDistributions(), texts),
        (Region e, Object[] row) -> {
          row[0] = e.getRegionKey();
          row[1] = e.getName();
          row[2] = e.getComment();
        });
  }

  private static Table nation() {
    return table(
        "nation",
        0,
        Schema.of(
            "n_nationkey", "INTEGER",
            "n_name", "VARCHAR",
            "n_regionkey", "INTEGER",
            "n_comment", "VARCHAR"),
        (scale, part, parts, texts) ->
            new NationGenerator(Distributions.getDefaultDistributions(), texts),
        (Nation e, Object[] row) -> {
          row[0] = e.getNationKey();
          row[1] = e.getName();
          row[2] = e.getRegionKey();
          row[3] = e.getComment();
        });
  }

  private static Table supplier() {
    return table(
        "supplier",
        10_000,
        Schema.of(
            "s_suppkey", "BIGINT",
            "s_name", "VARCHAR",
            "s_address", "VARCHAR",
            "s_nationkey", "INTEGER",
            "s_phone", "VARCHAR",
            "s_acctbal", "DECIMAL(15,2)",
            "s_comment", "VARCHAR"),
        (scale, part, parts, texts) ->
            new SupplierGenerator(
                scale, part, parts, Distributions.getDefaultDistributions(), texts),
        (Supplier e, Object[] row) -> {
          row[0] = e.getSupplierKey();
          row[1] = e.getName();
          row[2] = e.getAddress();
          row[3] = e.getNationKey();
          row[4] = e.getPhone();
          row[5] = cents(e.getAccountBalanceInCents());
          row[6] = e.getComment();
        });
  }

  private static Table customer() {
    return table(
        "customer",
        150_000,
        Schema.of(
            "c_custkey", "BIGINT",
            "c_name", "VARCHAR",
            "c_address", "VARCHAR",
            "c_nationkey", "INTEGER",
            "c_phone", "VARCHAR",
            "c_acctbal", "DECIMAL(15,2)",
            "c_mktsegment", "VARCHAR",
            "c_comment", "VARCHAR"),
        (scale, part, parts, texts) ->
            new CustomerGenerator(
                scale, part, parts, Distributions.getDefaultDistributions(), texts),
        (Customer e, Object[] row) -> {
          row[0] = e.getCustomerKey();
          row[1] = e.getName();
          row[2] = e.getAddress();
          row[3] = e.getNationKey();
          row[4] = e.getPhone();
          row[5] = cents(e.getAccountBalanceInCents());
          row[6] = e.getMarketSegment();
          row[7] = e.getComment();
        });
  }

  private static Table part() {
    return table(
        "part",
        200_000,
        Schema.of(
            "p_partkey", "BIGINT",
            "p_name", "VARCHAR",
            "p_mfgr", "VARCHAR",
            "p_brand", "VARCHAR",
            "p_type", "VARCHAR",
            "p_size", "INTEGER",
            "p_container", "VARCHAR",
            "p_retailprice", "DECIMAL(15,2)",
            "p_comment", "VARCHAR"),
        (scale, part, parts, texts) ->
            new PartGenerator(scale, part, parts, Distributions.getDefaultDistributions(), texts),
        (Part e, Object[] row) -> {
          row[0] = e.getPartKey();
          row[1] = e.getName();
          row[2] = e.getManufacturer();
          row[3] = e.getBrand();
          row[4] = e.getType();
          row[5] = (long) e.getSize();
          row[6] = e.getContainer();
          row[7] = cents(e.getRetailPriceInCents());
          row[8] = e.getComment();
        });
  }

  private static Table partsupp() {
    return table(
        "partsupp",
        800_000,
        Schema.of(
            "ps_partkey", "BIGINT",
            "ps_suppkey", "BIGINT",
            "ps_availqty", "BIGINT",
            "ps_supplycost", "DECIMAL(15,2)",
            "ps_comment", "VARCHAR"),
        (scale, part, parts, texts) -> new PartSupplierGenerator(scale, part, parts, texts),
        (PartSupplier e, Object[] row) -> {
          row[0] = e.getPartKey();
          row[1] = e.getSupplierKey();
          row[2] = (long) e.getAvailableQuantity();
          row[3] = cents(e.getSupplyCostInCents());
          row[4] = e.getComment();
        });
  }

  private static Table orders() {
    return table(
        "orders",
        1_500_000,
        Schema.of(
            "o_orderkey", "BIGINT",
            "o_custkey", "BIGINT",
            "o_orderstatus", "VARCHAR",
            "o_totalprice", "DECIMAL(15,2)",
            "o_orderdate", "DATE",
            "o_orderpriority", "VARCHAR",
            "o_clerk", "VARCHAR",
            "o_shippriority", "INTEGER",
            "o_comment", "VARCHAR"),
        (scale, part, parts, texts) ->
            new OrderGenerator(scale, part, parts, Distributions.getDefaultDistributions(), texts),
        (Order e, Object[] row) -> {
          row[0] = e.getOrderKey();
          row[1] = e.getCustomerKey();
          row[2] = String.valueOf(e.getOrderStatus());
          row[3] = cents(e.getTotalPriceInCents());
          row[4] = day(e.getOrderDate());
          row[5] = e.getOrderPriority();
          row[6] = e.getClerk();
          row[7] = (long) e.getShipPriority();
          row[8] = e.getComment();
        });
  }

  private static Table lineitem() {
    return table(
        "lineitem",
        6_000_000,
        Schema.of(
            "l_orderkey", "BIGINT",
            "l_partkey", "BIGINT",
            "l_suppkey", "BIGINT",
            "l_linenumber", "BIGINT",
            "l_quantity", "DECIMAL(15,2)",
            "l_extendedprice", "DECIMAL(15,2)",
            "l_discount", "DECIMAL(15,2)",
            "l_tax", "DECIMAL(15,2)",
            "l_returnflag", "VARCHAR",
            "l_linestatus", "VARCHAR",
            "l_shipdate", "DATE",
            "l_commitdate", "DATE",
            "l_receiptdate", "DATE",
            "l_shipinstruct", "VARCHAR",
            "l_shipmode", "VARCHAR",
            "l_comment", "VARCHAR"),
        (scale, part, parts, texts) ->
            new LineItemGenerator(
                scale, part, parts, Distributions.getDefaultDistributions(), texts),
        TpchTables::lineitem);
  }

  private static void lineitem(LineItem e, Object[] row) {
    row[0] = e.getOrderKey();
    row[1] = e.getPartKey();
    row[2] = e.getSupplierKey();
    row[3] = (long) e.getLineNumber();
    row[4] = cents(e.getQuantity() * 100);
    row[5] = cents(e.getExtendedPriceInCents());
    row[6] = cents(e.getDiscountPercent());
    row[7] = cents(e.getTaxPercent());
    row[8] = e.getReturnFlag();
    row[9] = e.getStatus();
    row[10] = day(e.getShipDate());
    row[11] = day(e.getCommitDate());
    row[12] = day(e.getReceiptDate());
    row[13] = e.getShipInstructions();
    row[14] = e.getShipMode();
    row[15] = e.getComment();
  }

  private static BigDecimal cents(long cents) {
    return BigDecimal.valueOf(cents, 2);
  }

  private static LocalDate day(int epochDay) {
    int index = epochDay - FIRST_DAY;
    return index >= 0 && index < DAYS.length ? DAYS[index] : LocalDate.ofEpochDay(epochDay);
  }

  private static LocalDate[] days() {
    LocalDate first = LocalDate.of(1992, 1, 1);
    LocalDate[] days = new LocalDate[3_000];
    for (int i = 0; i < days.length; i++) {
      days[i] = first.plusDays(i);
    }
    return days;
  }
}
