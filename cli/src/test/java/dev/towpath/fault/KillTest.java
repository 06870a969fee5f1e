package dev.towpath.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.cli.Towpath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} at random moments over the flights example: first runs, runs after a month came
 * in, rollbacks and gc. After each kill the head is a whole release that the commands before led
 * to; the next command does what the killed one should have done, and gc leaves nothing behind.
 * {@code -Dtowpath.seed=N} gives the same commands and moments, though never the same machine.
 */
class KillTest {
  private static final int MONTHS = 4;
  private static final Path EXAMPLE = Path.of("..", "examples", "flights");

  @TempDir private Path temp;
  private final long seed = Long.getLong("towpath.seed", System.nanoTime());
  private final RandomGenerator random = new Random(seed);
  private final List<String> story = new ArrayList<>();

  /** What each table holds when so many months have been read, found out by clean first runs. */
  private final Map<Integer, Map<String, String>> known = new HashMap<>();

  /** How long a command took at most, by its first word, in milliseconds. */
  private final Map<String, Long> lasted = new HashMap<>();

  private Path folder = Path.of("");
  private Audit audit = new Audit(folder);

  /** How many months' files are in the folder, and how many of them each release has. */
  private int months;

  private final List<Integer> releases = new ArrayList<>();
  private int projects;

  @Test
  @Tag("integration")
  void nothingIsLostByAKill() throws Exception {
    kill(20);
  }

  @Test
  @Tag("soak")
  void nothingIsLostByManyKills() throws Exception {
    kill(200);
  }

  private void kill(int kills) throws Exception {
    System.out.println("KillTest: " + kills + " kills from seed " + seed);
    try {
      for (int done = 0; done < kills; ) {
        if (releases.isEmpty() || releases.size() > 8) {
          begin();
        }
        done += step() ? 1 : 0;
      }
    } catch (Exception | AssertionError e) {
      throw new AssertionError("seed " + seed + ":\n" + String.join("\n", story), e);
    }
  }

  /** A new project with a month or two, never run. */
  private void begin() throws IOException {
    folder = temp.resolve("p" + projects++);
    audit = new Audit(folder);
    project(folder);
    months = 0;
    releases.clear();
    releases.add(0);
    arrive(folder, ++months);
    story.add("a new project");
  }

  /** Does one thing and kills it; returns whether it was killed in time. */
  private boolean step() throws Exception {
    int now = releases.getLast();
    String word =
        now == months && now > 1
            ? List.of("gc", "rollback", "run").get(random.nextInt(3))
            : releases.size() > 2 && random.nextInt(4) == 0 ? "gc" : "run";
    if (word.equals("run") && now == months && months < MONTHS) {
      arrive(folder, ++months);
    }
    int after =
        switch (word) {
          case "run" -> months;
          case "rollback" -> now - 1;
          default -> now;
        };
    boolean killed = killed(word);
    story.add(word + " from " + now + " to " + after + (killed ? ", killed" : ""));
    int head = (int) audit.head();
    assertThat(head).isBetween(releases.size() - 1, releases.size());
    boolean published = head == releases.size();
    int holds = published ? after : now;
    assertThat(published && now == after).as("a release without a change").isFalse();
    assertThat(audit.bags()).as("after the kill").isEqualTo(known(holds));
    if (published) {
      releases.add(after);
    }
    finish(word, after, published);
    return killed;
  }

  /** The next command works, and what the killed one left is gone after gc. */
  private void finish(String word, int after, boolean published) throws IOException {
    Towpath here = Cli.in(folder).here();
    if (!published && word.equals("rollback")) {
      here.run("rollback").good();
      releases.add(after);
    }
    here.run("run").good();
    if (releases.getLast() != months) {
      releases.add(months);
    }
    assertThat(audit.bags()).as("after the next run").isEqualTo(known(months));
    assertThat(audit.head()).isEqualTo(releases.size() - 1);
    if (random.nextInt(3) > 0) { // else what is left now waits for a later gc
      here.run("gc", "--grace", "0").good();
      audit.holdsWhatItReaches();
      assertThat(audit.bags()).as("after gc").isEqualTo(known(months));
    }
    assertThat(folder.resolve(".towpath/tmp")).isEmptyDirectory();
  }

  /** Kills a command after some of its lines, or after some of its time. */
  private boolean killed(String word) throws Exception {
    String[] words = word.equals("gc") ? new String[] {"gc", "--grace", "0"} : new String[] {word};
    long start = System.nanoTime();
    Cli.Running running = Cli.in(folder).start(words);
    if (word.equals("run") && random.nextBoolean()) {
      running.until("[" + (1 + random.nextInt(23)) + "/");
      Thread.sleep(random.nextInt(100));
    } else {
      long longest = lasted.getOrDefault(word, 1500L);
      Thread.sleep(longest / 4 + random.nextLong(longest * 3 / 4));
    }
    running.process().destroyForcibly();
    Cli.Said said = running.end();
    if (said.exit() == 0) {
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
      lasted.merge(word, Math.min(millis, 5000), Math::min);
    } else {
      lasted.merge(word, 1600L, (a, b) -> Math.min(5000, a + 50));
      assertThat(said.exit()).as(said.err()).isEqualTo(137);
    }
    return said.exit() != 0;
  }

  private Map<String, String> known(int count) throws IOException {
    if (count == 0) {
      return Map.of();
    }
    if (!known.containsKey(count)) {
      Path clean = temp.resolve("clean" + count);
      project(clean);
      for (int month = 1; month <= count; month++) {
        arrive(clean, month);
      }
      new Towpath(clean).run("run").good();
      known.put(count, new Audit(clean).bags());
    }
    return known.get(count);
  }

  private static void project(Path folder) throws IOException {
    Towpath.copy(EXAMPLE, folder);
    for (String table : List.of("flights", "weather")) {
      for (int month = 1; month <= 12; month++) {
        Files.delete(folder.resolve(file(table, month)));
      }
    }
    Files.writeString(
        folder.resolve("towpath.yml"),
        Files.readString(folder.resolve("towpath.yml")).replace("dev: {}", "dev: {keep: 3}"));
  }

  private static void arrive(Path folder, int month) throws IOException {
    for (String table : List.of("flights", "weather")) {
      Files.copy(EXAMPLE.resolve(file(table, month)), folder.resolve(file(table, month)));
    }
  }

  private static String file(String table, int month) {
    return "data/%s/2013-%02d.csv.gz".formatted(table, month);
  }
}
