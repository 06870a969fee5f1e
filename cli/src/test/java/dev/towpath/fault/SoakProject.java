package dev.towpath.fault;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A project whose flows are due each second or two in a span of time, and whose jobs write down in
 * a ledger, outside of the project, what they do.
 */
final class SoakProject {
  /** Slots of the pool in which mapped jobs run. */
  static final int NARROW = 2;

  /** Rows that each run of {@code load} brings. */
  static final int ROWS = 3;

  private static final Map<String, Duration> PERIODS =
      new TreeMap<>(
          Map.of(
              "load", Duration.ofSeconds(2),
              "steps", Duration.ofSeconds(2),
              "tick", Duration.ofSeconds(1)));

  private final Path folder;
  private final Path ledger;
  private final Instant start;
  private final Instant end;

  private SoakProject(Path folder, Path ledger, Instant start, Instant end) {
    this.folder = folder;
    this.ledger = ledger;
    this.start = start;
    this.end = end;
  }

  /** Writes its files; its flows are due from now on. */
  static SoakProject in(Path folder, Path ledger, TestStore kept, Duration length)
      throws IOException {
    Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    SoakProject project = new SoakProject(folder, ledger, start, start.plus(length));
    kept.project("project: soak\npools: {narrow: " + NARROW + "}\n", "");
    project.write(
        "sources/raw.yml",
        "type: files\nschema: raw\ntables:\n  rows: {path: \"data/*.csv\", mode: append}\n");
    project.write("data/000.csv", "run,i\nfirst,0\n");
    project.write(
        "models/marts/runs.sql", "SELECT run, count(*) AS n FROM raw.rows GROUP BY ALL\n");
    project.write(
        "models/marts/days.sql",
        """
        /* towpath
        kind: append
        */
        SELECT run, i FROM raw.rows
        """);
    project.edit(0);
    project.flows();
    project.jobs();
    return project;
  }

  private void flows() throws IOException {
    for (Map.Entry<String, Duration> flow : PERIODS.entrySet()) {
      String run =
          switch (flow.getKey()) {
            case "load" -> "[job:make, raw.*, \"marts.*\", job:after]\nfinally: job:tidy";
            case "steps" ->
                "[job:first, job:each, job:shaky, job:gate, job:last]\nfinally: job:tidy";
            default -> "job:first";
          };
      String due =
          "every: %ds\nstart: %s\nend: %s\ncatchup: true\nrun: %s\n"
              .formatted(flow.getValue().toSeconds(), local(start), local(end), run);
      write("flows/" + flow.getKey() + ".yml", due);
    }
    write("flows/follow.yml", "after: marts.runs\nrun: copies.*\n");
    write("models/copies/total.sql", "SELECT sum(n)::BIGINT AS n FROM marts.runs\n");
  }

  private static String local(Instant moment) {
    return moment.toString().replace("Z", "");
  }

  private void jobs() throws IOException {
    // the rows of a run come at once and once, however often the job is tried
    job(
        "make",
        "",
        """
        if ! test -e data/$TOWPATH_RUN.csv; then
            { echo run,i; for i in 0 1 2; do echo $TOWPATH_RUN,$i; done; } > $TOWPATH_RUN.new
            mv $TOWPATH_RUN.new data/$TOWPATH_RUN.csv
          fi
        """);
    job("after", "needs: [marts.runs]\n", "");
    job("first", "", "");
    job(
        "each",
        "needs: [job:first]\npool: narrow\nfor_each: SELECT i FROM range(3) AS t(i)\n",
        "sleep 0.05\n");
    job(
        "shaky",
        "needs: [job:first]\nretries: {max: 3, delay: 1s, jitter: 1}\n",
        "setsid sleep 60 >/dev/null 2>&1 & test -e $LEDGER.$TOWPATH_RUN || { touch $LEDGER.$TOWPATH_RUN; exit 1; }\n");
    write(
        "jobs/gate.yml",
        "type: sensor\nfile: gate/open\nstable_for: 0s\nevery: 1s\nneeds: [job:first]\n");
    write("gate/open", "");
    job("last", "needs: [job:gate, job:each, job:shaky]\n", "");
    job("tidy", "", "rm -f $LEDGER.$TOWPATH_RUN\n");
  }

  /** A job that writes down that it starts and ends. */
  private void job(String name, String keys, String script) throws IOException {
    String note = "  echo \"%s $TOWPATH_RUN $TOWPATH_JOB ${TOWPATH_ITEM_I--1}\" >> $LEDGER\n";
    write(
        "jobs/" + name + ".yml",
        "type: shell\n"
            + keys
            + "env: {LEDGER: "
            + ledger
            + "}\nrun: |\n"
            + note.formatted("start")
            + (script.isEmpty() ? "" : "  " + script)
            + note.formatted("end"));
  }

  /** An edit without problems that changes what a table holds, but not what is judged. */
  void edit(int number) throws IOException {
    write(
        "models/marts/edited.sql", "SELECT count(*) AS n, " + number + " AS edit FROM raw.rows\n");
  }

  /** An edit with a problem. */
  void spoil() throws IOException {
    write("models/marts/edited.sql", "SELEC count(*) FROM raw.rows\n");
  }

  /** Opens or shuts what sensors wait for. */
  void gate(boolean open) throws IOException {
    Path gate = folder.resolve("gate/open");
    if (open) {
      write("gate/open", "");
    } else {
      java.nio.file.Files.deleteIfExists(gate);
    }
  }

  private void write(String name, String text) throws IOException {
    Small.write(folder, name, text);
  }

  /** The flows that a schedule sets off. */
  Set<String> scheduled() {
    return PERIODS.keySet();
  }

  /** The end of the last interval that is due. */
  Instant end() {
    return end;
  }

  /** Every moment at which a flow is due. */
  Set<Instant> due(String flow) {
    Set<Instant> due = new LinkedHashSet<>();
    Duration period = PERIODS.getOrDefault(flow, Duration.ZERO);
    for (Instant at = start; at.isBefore(end); at = at.plus(period)) {
      due.add(at);
    }
    return due;
  }
}
