package dev.towpath.fault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A project of one appended source and two tables that must always agree on it. */
final class Small {
  /** Says by how much the two tables differ. */
  static final String DIFFERENCE =
      "SELECT (SELECT sum(n) FROM marts.ones) - (SELECT n FROM marts.twos) AS difference";

  private Small() {}

  /** Makes it, with one file of rows. */
  static Cli in(Path folder) throws IOException {
    write(folder, "towpath.yml", "project: small\nenvironments:\n  dev: {keep: 1}\n");
    write(
        folder,
        "sources/raw.yml",
        """
        type: files
        schema: raw
        tables:
          orders: {path: "data/*.csv", mode: append}
        """);
    write(
        folder,
        "models/marts/ones.sql",
        "SELECT region, count(*) AS n FROM raw.orders GROUP BY ALL\n");
    write(folder, "models/marts/twos.sql", "SELECT count(*) AS n FROM raw.orders\n");
    arrive(folder, 1);
    return Cli.in(folder);
  }

  /** Another file of 100 rows. */
  static void arrive(Path folder, int number) throws IOException {
    write(folder, "data/%03d.csv".formatted(number), rows(100));
  }

  static String rows(int count) {
    StringBuilder text = new StringBuilder("id,region,amount\n");
    for (int i = 0; i < count; i++) {
      text.append(i).append(i % 3 == 0 ? ",north," : ",south,").append(i * 2).append(".50\n");
    }
    return text.toString();
  }

  static void write(Path folder, String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  /** The one number that a query answers. */
  static String number(Cli project, String sql) {
    return project.here().run("query", "--format", "csv", sql).good().out().lines().toList().get(1);
  }
}
