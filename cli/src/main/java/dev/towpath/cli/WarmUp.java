package dev.towpath.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A small project and the commands run on it, while the JVM records what a start needs. */
final class WarmUp {
  private static final Map<String, String> FILES =
      Map.of(
          "towpath.yml",
          """
          project: warmup
          environments: {dev: {}, prod: {}}
          vars: {least: 1, first_day: 2026-01-01}
          """,
          "sources/raw.yml",
          """
          type: files
          tables:
            orders: {path: "data/*.csv"}
          """,
          "data/orders.csv",
          """
          id,day,region,amount
          1,2026-01-01,N,5.00
          2,2026-01-02,S,7.50
          """,
          "seeds/ref/regions.csv",
          """
          region,name
          N,North
          S,South
          """,
          "models/staging/orders.sql",
          """
          /* towpath
          kind: view
          */
          SELECT id, day, region, amount::DECIMAL(18, 2) AS amount FROM raw.orders
          """,
          "models/staging/_schema.yml",
          """
          models:
            staging.orders:
              columns: {id: {description: The order}}
              checks: [not_null(id), unique(id), "accepted(region, ['N', 'S'])"]
          """,
          "models/core/recent.sql",
          """
          /* towpath
          kind: incremental
          time: day
          grain: day
          key: [id]
          checks: ["row_count(1, 1000)", "range(amount, 0, 1000)"]
          */
          SELECT id, day, region, amount FROM staging.orders
          WHERE day >= $start AND day < $end AND amount >= $least
          """,
          "apis/daily.sql",
          """
          /* towpath
          get: /daily/{region}
          params: {region: varchar, since: {type: date, default: 2026-01-01}}
          */
          SELECT day, name, revenue FROM marts.daily
          WHERE name = $region AND day >= $since ORDER BY day
          """,
          "models/marts/daily.sql",
          """
          /* towpath
          description: Revenue per day and region
          columns: {day: date, name: varchar, revenue: "decimal(38,2)"}
          checks: [not_null(day), "unique(day, name)", "revenue >= 0"]
          tags: [finance]
          */
          SELECT day, name, sum(amount)::DECIMAL(38, 2) AS revenue
          FROM staging.orders JOIN ref.regions USING (region)
          GROUP BY ALL
          """,
          "tests/daily.yml",
          """
          model: marts.daily
          given:
            staging.orders: [{id: 1, day: 2026-01-01, region: N, amount: 5}]
            ref.regions: [{region: N, name: North}]
          expect: [{day: 2026-01-01, name: North, revenue: 5.00}]
          """);

  private static final List<List<String>> COMMANDS =
      List.of(
          List.of("--version"),
          List.of("--help"),
          List.of("run", "--help"),
          List.of("check"),
          List.of("plan"),
          List.of("run"),
          List.of("run"),
          List.of("test"),
          List.of("ls"),
          List.of("releases", "--json"),
          List.of("show", "marts.daily"),
          List.of("lineage", "marts.daily.revenue"),
          List.of("query", "SELECT * FROM marts.daily ORDER BY day"));

  private WarmUp() {}

  /** Writes the project into a folder of its own and runs the commands there, as a person would. */
  static void in(Path folder) throws IOException {
    for (Map.Entry<String, String> file : FILES.entrySet()) {
      Path path = folder.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
    for (List<String> command : COMMANDS) {
      int exit = Main.run(inProject(folder, command));
      if (exit != 0) {
        throw new IOException(String.join(" ", command) + " ended with " + exit);
      }
    }
    WarmServer.in(folder);
  }

  static String[] inProject(Path folder, List<String> command) {
    return Stream.concat(Stream.of("-C", folder.toString()), command.stream())
        .toArray(String[]::new);
  }
}
