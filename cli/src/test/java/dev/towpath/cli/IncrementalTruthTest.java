package dev.towpath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * After every run, whatever came before it, each table is what a first run of the same project over
 * the same files makes of it in an empty folder. {@code -Dtowpath.seed=N} repeats one sequence.
 */
class IncrementalTruthTest {
  @TempDir Path temp;

  static List<Long> seeds() {
    return seeds(30);
  }

  static List<Long> manySeeds() {
    return seeds(2000);
  }

  private static List<Long> seeds(int count) {
    Long one = Long.getLong("towpath.seed");
    if (one != null) {
      return List.of(one);
    }
    long first = System.nanoTime() & 0xffffff;
    return java.util.stream.LongStream.range(0, count).mapToObj(i -> first + i).toList();
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void everyRunEqualsAFirstRun(long seed) throws Exception {
    new Sequence(seed, 3).play();
  }

  @Tag("soak")
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("manySeeds")
  void manyRunsEqualFirstRuns(long seed) throws Exception {
    new Sequence(seed, 8).play();
  }

  /** One project, and what befalls it. */
  private final class Sequence {
    private final long seed;
    private final int runs;
    private final RandomGenerator random;
    private final RandomProject project;
    private final Towpath towpath;
    private final List<String> story = new ArrayList<>();

    /** What is on disk, by name. */
    private final Map<String, String> data = new TreeMap<>();

    /** What the appended table has read, by name; files that are gone stay in it. */
    private Map<String, String> read = new TreeMap<>();

    /** {@link #read} at each release. */
    private final Map<Integer, Map<String, String>> history = new HashMap<>();

    /** Which release's content each release has. */
    private final Map<Integer, Integer> effective = new HashMap<>();

    private Instant now = Instant.parse("2026-01-01T08:00:00Z");
    private int release;
    private int files;

    Sequence(long seed, int runs) throws IOException {
      this.seed = seed;
      this.runs = runs;
      random = new Random(seed);
      project = new RandomProject(random);
      towpath = new Towpath(Files.createDirectories(temp.resolve("lived")));
      data.put("data/names.csv", project.names());
      add("added");
      add("added");
      add("whole");
      history.put(0, Map.of());
    }

    void play() throws IOException {
      for (int run = 0; run < runs; run++) {
        if (run > 0) {
          int events = random.nextInt(1, 4);
          for (int i = 0; i < events; i++) {
            befall();
          }
        }
        store(towpath, data);
        run();
        if (run > 0) {
          compare(run);
        }
      }
    }

    private void add(String table) {
      String name = "data/%s/f%02d.csv".formatted(table, random.nextInt(20) + 20 * files++);
      data.put(name, project.events());
      story.add("new " + name);
    }

    private void befall() {
      switch (random.nextInt(10)) {
        case 9 -> {
          project.rename();
          story.add("renamed");
        }
        case 0, 1, 2 -> add("added");
        case 3 -> add("whole");
        case 4 -> change("data/whole/");
        case 5 -> {
          // All is read again when a known file has other content, so none may be gone.
          if (data.keySet().containsAll(read.keySet())) {
            change("data/added/");
          }
        }
        case 6 -> remove();
        case 7 -> {
          data.put("data/names.csv", project.names());
          story.add("other names");
        }
        default -> {
          if (random.nextBoolean()) {
            project.rewrite();
            story.add("another model");
          } else {
            rollback();
          }
        }
      }
    }

    private void change(String folder) {
      List<String> names = data.keySet().stream().filter(n -> n.startsWith(folder)).toList();
      String name = names.get(random.nextInt(names.size()));
      data.put(name, project.events());
      story.add("changed " + name);
    }

    private void remove() {
      String folder = random.nextBoolean() ? "data/whole/" : "data/added/";
      List<String> names = data.keySet().stream().filter(n -> n.startsWith(folder)).toList();
      String name = names.get(random.nextInt(names.size()));
      boolean changed = read.containsKey(name) && !data.get(name).equals(read.get(name));
      boolean allThere =
          data.entrySet().stream()
              .filter(e -> read.containsKey(e.getKey()))
              .allMatch(e -> e.getValue().equals(read.get(e.getKey())));
      if (names.size() > 1 && !changed && (allThere || folder.equals("data/whole/"))) {
        data.remove(name);
        story.add("removed " + name);
      }
    }

    private void rollback() {
      if (release < 2) {
        return;
      }
      int to = random.nextInt(1, release + 1);
      Map<String, String> then = history.get(to);
      boolean fits =
          then.entrySet().stream()
              .allMatch(e -> e.getValue().equals(data.getOrDefault(e.getKey(), e.getValue())));
      if (!fits && !data.keySet().containsAll(then.keySet())) {
        return; // a known file changed and another is gone: refused, and rightly
      }
      if (effective.get(to).equals(effective.get(release))) {
        return; // nothing to go back to
      }
      towpath.run("rollback", Integer.toString(to)).good();
      read = new TreeMap<>(then);
      history.put(++release, then);
      effective.put(release, effective.get(to));
      story.add("rollback to " + to);
    }

    private void run() {
      now = now.plus(Duration.ofHours(random.nextInt(40)));
      List<String> command = new ArrayList<>(List.of("run", "--json"));
      if (random.nextInt(4) == 0) {
        LocalDate from = RandomProject.FIRST.plusDays(random.nextInt(RandomProject.DAYS));
        command.addAll(List.of("--from", from.toString(), "--to", from.plusDays(9).toString()));
      }
      story.add(String.join(" ", command) + " at " + now);
      Towpath.Result result = towpath.at(now.toString()).run(command.toArray(String[]::new));
      assertThat(result.exit()).as("%s\n%s%s", this, result.out(), result.err()).isZero();
      boolean published = !result.out().contains("\"release\":null");
      boolean same =
          data.entrySet().stream()
              .allMatch(e -> e.getValue().equals(read.getOrDefault(e.getKey(), e.getValue())));
      Map<String, String> now = new TreeMap<>(same ? read : Map.of());
      data.forEach((name, text) -> {
        if (name.startsWith("data/added/")) {
          now.put(name, text);
        }
      });
      read = now;
      if (published) {
        history.put(++release, now);
        effective.put(release, release);
      }
      story.add(published ? "release " + release : "nothing to do");
    }

    private void compare(int run) throws IOException {
      Towpath fresh = new Towpath(Files.createDirectories(temp.resolve("fresh" + run)));
      Map<String, String> all = new TreeMap<>(data);
      all.putAll(read);
      store(fresh, all);
      fresh.at(now.toString()).run("run").good();
      assertThat(towpath.at(now.toString()).rows(project.tables()))
          .as("%s", this)
          .isEqualTo(fresh.at(now.toString()).rows(project.tables()));
    }

    private void store(Towpath there, Map<String, String> content) throws IOException {
      Path folder = there.folder().resolve("data");
      if (Files.exists(folder)) {
        try (var paths = Files.walk(folder)) {
          for (Path path : paths.filter(Files::isRegularFile).toList()) {
            String name = there.folder().relativize(path).toString();
            if (!content.containsKey(name)) {
              Files.delete(path);
            }
          }
        }
      }
      write(there, project.files());
      write(there, content);
    }

    private static void write(Towpath there, Map<String, String> content) throws IOException {
      for (Map.Entry<String, String> file : content.entrySet()) {
        Path path = there.folder().resolve(file.getKey());
        if (!Files.exists(path) || !Files.readString(path).equals(file.getValue())) {
          there.write(file.getKey(), file.getValue());
        }
      }
    }

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder("seed " + seed + "\n");
      story.forEach(s -> text.append("  ").append(s).append('\n'));
      project
          .files()
          .forEach((name, content) -> {
            if (name.startsWith("models")) {
              text.append(name).append(": ").append(content);
            }
          });
      return text.toString();
    }
  }
}
