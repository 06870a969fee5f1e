package dev.towpath.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several processes on one environment at once. */
@Tag("integration")
class TogetherTest {
  @TempDir private Path folder;

  @Test
  void twoRunsOfTheSameTablesBothSucceed() throws Exception {
    Cli project = Small.in(folder);
    for (int round = 1; round <= 4; round++) {
      Cli.Running first = project.start("run");
      if (round % 2 == 0) {
        first.until("building");
      }
      Cli.Running second = project.start("run");
      first.end().good();
      second.end().good();
      assertThat(Small.number(project, "SELECT count(*) FROM raw.orders")).isEqualTo(round + "00");
      assertThat(Small.number(project, Small.DIFFERENCE)).isEqualTo("0");
      assertThat(new Audit(folder).head()).as("each file is published once").isEqualTo(round);
      Small.arrive(folder, round + 1);
    }
  }

  @Test
  void runsOfOtherTablesDoNotDisturbEachOther() throws Exception {
    Cli project = Small.in(folder);
    project.here().run("run").good();
    for (String order : new String[] {"ones twos", "twos ones"}) {
      Small.write(
          folder,
          "models/marts/ones.sql",
          "SELECT region, count(*) AS n, '%s' AS o FROM raw.orders GROUP BY ALL\n"
              .formatted(order));
      Small.write(
          folder,
          "models/marts/twos.sql",
          "SELECT count(*) AS n, '%s' AS o FROM raw.orders\n".formatted(order));
      Cli.Running first = project.start("run", "marts." + order.substring(0, 4));
      Cli.Running second = project.start("run", "marts." + order.substring(5));
      first.end().good();
      second.end().good();
      assertThat(project.here().run("plan").good().out()).contains("nothing is stale");
      assertThat(Small.number(project, "SELECT DISTINCT o FROM marts.ones")).isEqualTo(order);
      assertThat(Small.number(project, "SELECT o FROM marts.twos")).isEqualTo(order);
    }
    assertThat(new Audit(folder).head()).isEqualTo(5);
  }

  @Test
  void readersSeeWholeReleasesDuringPublishesAndGc() throws Exception {
    Cli project = Small.in(folder);
    project.here().run("run").good();
    AtomicBoolean over = new AtomicBoolean();
    Callable<Integer> reading =
        () -> {
          int queries = 0;
          for (; !over.get(); queries++) {
            assertThat(Small.number(project, Small.DIFFERENCE)).isEqualTo("0");
          }
          return queries;
        };
    try (ExecutorService readers = Executors.newFixedThreadPool(2)) {
      Future<Integer> one = readers.submit(reading);
      Future<Integer> two = readers.submit(reading);
      try {
        for (int round = 2; round <= 6; round++) {
          Small.arrive(folder, round);
          Cli.Running run = project.start("run");
          Cli.Running gc = project.start("gc", "--grace", "0");
          run.end().good();
          gc.end().good();
          assertThat(project.run("query", Small.DIFFERENCE, "--format", "csv").good().out())
              .isEqualToIgnoringNewLines("difference0");
        }
      } finally {
        over.set(true);
      }
      assertThat(one.get() + two.get()).isGreaterThan(10);
    }
    assertThat(Small.number(project, "SELECT count(*) FROM raw.orders")).isEqualTo("600");
    project.here().run("gc", "--grace", "0").good();
    new Audit(folder).holdsWhatItReaches();
  }
}
