package dev.towpath.cli;

import dev.towpath.core.check.CheckCache;
import dev.towpath.core.check.Checked;
import dev.towpath.core.check.Checker;
import dev.towpath.core.check.Contacts;
import dev.towpath.core.graph.Graph;
import dev.towpath.core.lineage.LineageCache;
import dev.towpath.core.lineage.Lineages;
import dev.towpath.core.project.Environment;
import dev.towpath.core.project.Macro;
import dev.towpath.core.project.Project;
import dev.towpath.core.project.ProjectReader;
import dev.towpath.core.project.SourceTypes;
import dev.towpath.core.query.Gate;
import dev.towpath.core.query.QueryText;
import dev.towpath.core.run.Delivery;
import dev.towpath.core.run.PythonModels;
import dev.towpath.core.store.LakeView;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.engine.duckdb.analyze.DuckDbAnalyzer;
import dev.towpath.engine.duckdb.session.DuckDbEngine;
import dev.towpath.export.ExportTargets;
import dev.towpath.lake.StoreId;
import dev.towpath.server.Decisions;
import dev.towpath.server.reading.Limits;
import dev.towpath.server.reading.ReleaseLakehouse;
import dev.towpath.source.Sources;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Engine;
import dev.towpath.spi.EngineSession;
import dev.towpath.spi.JobRunner;
import dev.towpath.spi.Lake;
import dev.towpath.spi.PythonRunner;
import dev.towpath.spi.Serving;
import dev.towpath.spi.SourceReader;
import dev.towpath.spi.TowpathException;
import dev.towpath.task.python.Interpreters;
import dev.towpath.task.python.Parser;
import dev.towpath.task.python.Pool;
import dev.towpath.task.python.environment.ProjectPython;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The one place where objects are wired: a project, its environment, its store and its engine, each
 * made when it is first asked for. Closing it closes all of them.
 */
final class Platform implements AutoCloseable {
  /** What queries of people may spill to the disk, all together. */
  private static final long MOST_SPILLED = 16L << 30;

  private final Options options;
  private final Clock clock;
  private final Engine engine = new DuckDbEngine();
  private final Deque<AutoCloseable> opened = new ConcurrentLinkedDeque<>();
  private final Supplier<Project> project;
  private final Supplier<Lake> lake = once(() -> storage().openLake());
  private final Supplier<MetadataStore> store;
  private volatile @Nullable TowpathException lost;
  private @Nullable DuckDbAnalyzer lineageAnalyzer;
  private volatile Consumer<String> notices = System.err::println;
  private final Supplier<Interpreters> interpreters = once(this::findPython);
  private final Supplier<PythonRunner> python = once(this::openPython);
  private final Supplier<EngineSession> contactSession = once(() -> session(Instant.now(clock())));

  Platform(Options options, Clock clock) {
    this.options = options;
    this.clock = clock;
    this.store = once(() -> openStore(environment()));
    this.project = once(() -> readProject(options.directory()));
  }

  /** A platform at the present time. */
  Platform(Options options) {
    this(options, Clock.systemUTC());
  }

  /** A platform of its own, at the present time, for a project that was read before. */
  Platform(Options options, Project project) {
    this.options = options;
    this.clock = Clock.systemUTC();
    this.store = once(() -> openStore(environment()));
    this.project = () -> project;
  }

  /** A platform at the present time, for a copy of the project's files. */
  Platform(Options options, Path copy) {
    this.options = options;
    this.clock = Clock.systemUTC();
    this.store = once(() -> openStore(environment()));
    this.project = once(() -> readProject(copy));
  }

  private Platform(Platform other, Project project) {
    this.options = other.options;
    this.clock = other.clock;
    this.store = other::store;
    this.project = () -> project;
  }

  /** A platform with the same store, which stays this one's, for another version of the project. */
  Platform at(Project version) {
    return new Platform(this, version);
  }

  Clock clock() {
    return clock;
  }

  Engine engine() {
    return engine;
  }

  Project project() {
    return project.get();
  }

  Lake lake() {
    return lake.get();
  }

  MetadataStore store() {
    return store.get();
  }

  /** The folder that Towpath keeps beside the project's files. */
  Path workDirectory() {
    return project().root().resolve(".towpath");
  }

  /** The environment that the command works in. */
  Environment environment() {
    Optional<String> wanted = options.environment();
    if (wanted.isEmpty()) {
      return project().environments().getFirst();
    }
    return project()
        .environment(wanted.get())
        .orElseGet(() -> {
          // environments made by `env create` share the first one's store
          if (!openStore(project().environments().getFirst())
              .environments()
              .contains(wanted.get())) {
            throw new UsageException(
                "unknown environment \"" + wanted.get() + "\"",
                "there are: "
                    + project().environments().stream()
                        .map(Environment::name)
                        .collect(Collectors.joining(", "))
                    + "; \"towpath env create "
                    + wanted.get()
                    + "\" makes it");
          }
          Environment first = project().environments().getFirst();
          return new Environment(
              wanted.get(),
              first.engine(),
              first.lake(),
              first.metadata(),
              first.memory(),
              first.threads(),
              first.keep(),
              first.location(),
              first.problems());
        });
  }

  /** Reads and type-checks the project. */
  Checked check() {
    CheckCache cache =
        new CheckCache(
            workDirectory().resolve("cache").resolve("check.bin"),
            Version.text() + " duckdb " + DuckDbAnalyzer.engineVersion());
    return new Checker(
            () -> new DuckDbAnalyzer(trees()),
            () -> new Parser(interpreters.get(), project().files()),
            cache,
            contacts(),
            ExportTargets.bundled().stream()
                .flatMap(t -> t.schemes().stream())
                .collect(java.util.stream.Collectors.toSet()))
        .check(project());
  }

  /** Where the columns of a checked project come from; the caller closes it. */
  Lineages lineages(Checked checked) {
    String version = Version.text() + " " + DuckDbAnalyzer.engineVersion();
    DuckDbAnalyzer early = lineageAnalyzer;
    lineageAnalyzer = null;
    return new Lineages(
        checked,
        () -> early == null ? new DuckDbAnalyzer(trees()) : early,
        new LineageCache(lineageFile(), version));
  }

  private Path trees() {
    return workDirectory().resolve("cache").resolve("trees.bin");
  }

  private Path lineageFile() {
    return workDirectory().resolve("cache").resolve("lineage.bin");
  }

  /** Says that lineages will be asked for: what finds them opens while the project is read. */
  void expectLineages() {
    if (!Files.exists(lineageFile())) {
      DuckDbAnalyzer early = new DuckDbAnalyzer(trees());
      early.begin();
      opened.push(early);
      lineageAnalyzer = early;
    }
  }

  /** Runs the project's Python; starts nothing until it is asked to. */
  PythonRunner python() {
    return python.get();
  }

  /** Builds Python models of a run in a session. */
  PythonModels pythonModels(Graph graph, EngineSession session, Instant logicalTime, String run) {
    return pythonModels(graph, session, logicalTime, storage().logs().resolve(run));
  }

  /** Builds Python models outside of a run; what they print is kept until the next time. */
  PythonModels pythonTries(Graph graph, EngineSession session, Instant logicalTime, String what) {
    Path output = workDirectory().resolve("output").resolve(what);
    if (Files.isDirectory(output)) {
      try (DirectoryStream<Path> old = Files.newDirectoryStream(output, "*.log")) {
        for (Path file : old) {
          Files.deleteIfExists(file);
        }
      } catch (IOException e) {
        throw new TowpathException("cannot empty " + output + ": " + e.getMessage(), null, e);
      }
    }
    return pythonModels(graph, session, logicalTime, output);
  }

  private PythonModels pythonModels(
      Graph graph, EngineSession session, Instant logicalTime, Path logs) {
    return new PythonModels(project(), graph, session, python(), logicalTime, scratch(), logs);
  }

  private Path scratch() {
    Scratch scratch = Scratch.in(workDirectory().resolve("tmp"));
    opened.push(scratch);
    return scratch.folder();
  }

  /** Where it is told what takes long before anything runs, such as installing packages. */
  void tell(Consumer<String> listener) {
    notices = listener;
  }

  private Interpreters findPython() {
    return findPython(project());
  }

  private Interpreters findPython(Project version) {
    return new ProjectPython(
        version.root(),
        version.files(),
        cacheFolder(),
        System.getenv(),
        text -> notices.accept(text));
  }

  /** Where things are kept from one process to the next, whatever the project. */
  private static Path cacheFolder() {
    String xdg = System.getenv().getOrDefault("XDG_CACHE_HOME", "");
    Path base =
        xdg.startsWith("/") ? Path.of(xdg) : Path.of(System.getProperty("user.home"), ".cache");
    return base.resolve("towpath");
  }

  private PythonRunner openPython() {
    PythonRunner pool = pool(project(), interpreters.get());
    opened.push(pool);
    return pool;
  }

  /** The Python of a version of the project; the caller closes it. */
  PythonRunner pool(Project version) {
    return pool(version, findPython(version));
  }

  private static PythonRunner pool(Project version, Interpreters interpreters) {
    return new Pool(
        interpreters,
        version.root(),
        version.files(),
        Runtime.getRuntime().availableProcessors(),
        version.redaction());
  }

  Contacts contacts() {
    Map<String, SourceReader> readers =
        Sources.bundled().stream().collect(Collectors.toMap(SourceReader::type, r -> r));
    return new Contacts(readers, contactSession, project().redaction());
  }

  /** How tables are written out. */
  Delivery delivery() {
    return new Delivery(project().root(), ExportTargets.bundled());
  }

  /** Opens a session for a run or a query at a logical time. */
  EngineSession session(Instant logicalTime) {
    Environment environment = project().environments().getFirst();
    try {
      environment = environment();
    } catch (UsageException e) {
      // contacting sources needs an engine, whatever the environment
    }
    Scratch scratch = Scratch.in(workDirectory().resolve("tmp"));
    opened.push(scratch);
    EngineSession session =
        engine.open(
            new Engine.Options(
                storage(environment).lake(),
                scratch.folder(),
                environment.memory().orElseGet(Platform::defaultMemory),
                environment.threads().orElse(Runtime.getRuntime().availableProcessors()),
                logicalTime));
    opened.push(session);
    return session;
  }

  /** Looks at a query of a person before it runs over a release. */
  Gate.Found look(LakeView view, QueryText query, Map<String, DataType> types) {
    try (Gate gate = new Gate(DuckDbAnalyzer.ofQuestions(1), view, project().macros())) {
      return gate.look(query, types);
    }
  }

  /**
   * The lake as people ask a server, of which it takes a third of the engine's memory.
   *
   * @param hot bytes on the disk for copies of tables that are read often
   */
  ReleaseLakehouse lakehouse(Supplier<List<Macro>> macros, Limits limits, long hot) {
    Environment environment = environment();
    Path folder = scratch();
    Supplier<Serving> serving =
        once(() -> {
          Serving made =
              engine.serve(
                  new Serving.Options(
                      storage(environment).lake(),
                      folder,
                      environment.memory().orElseGet(Platform::defaultMemory) / 3,
                      MOST_SPILLED,
                      hot,
                      processLimit(environment.memory().orElseGet(Platform::defaultMemory)),
                      environment.threads().orElse(Runtime.getRuntime().availableProcessors())));
          opened.push(made);
          return made;
        });
    return new ReleaseLakehouse(
        store(),
        environment.name(),
        lake(),
        serving,
        folder,
        () -> DuckDbAnalyzer.ofQuestions(2),
        macros,
        new Decisions(store(), environment.name(), clock),
        limits);
  }

  private Project readProject(Path files) {
    SourceTypes types = SourceTypes.of(Sources.bundled());
    Path root = options.directory();
    return files.equals(root)
        ? ProjectReader.read(root, System.getenv(), types, jobRunners())
        : ProjectReader.read(root, files, System.getenv(), types, jobRunners());
  }

  /** The types of jobs there are. */
  List<JobRunner> jobRunners() {
    return Bundled.jobRunners(
        interpreters,
        text -> project().redaction().apply(text),
        job -> new LakeSql(() -> new Platform(options, project()), job),
        new ObjectConnections(this::project),
        new LakeNews(() -> this),
        new DashboardFiles(() -> new Platform(options, project())),
        () -> Teller.mail(project()));
  }

  /** Where the command's environment keeps what it has. */
  Storage storage() {
    return storage(environment());
  }

  private Storage storage(Environment environment) {
    return new Storage(environment, project().root(), workDirectory());
  }

  /** Opens a store; the loss of one on a server stops the thread that opened it. */
  private MetadataStore openStore(Environment environment) {
    Thread worker = Thread.currentThread();
    MetadataStore made =
        storage(environment)
            .openStore(
                clock,
                reason -> {
                  lost = reason;
                  worker.interrupt();
                });
    opened.push(made);
    return made;
  }

  /** Makes the lake this store's own; called before anything is written into it. */
  void claimLake() {
    new StoreId(lake().objects()).claim(store().id());
  }

  /**
   * What a server may have in all: the heap, the engine of its runs and that of its queries, and
   * some room besides; or nine tenths of the machine.
   */
  private static long processLimit(long memory) {
    long all = Runtime.getRuntime().maxMemory() + memory + memory / 3 + (1L << 30);
    return Math.min(all, defaultMemory() / 2 * 3);
  }

  /** Six tenths of the machine's memory, so that the JVM and others have room. */
  private static long defaultMemory() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean os
        ? os.getTotalMemorySize() / 10 * 6
        : 2L << 30;
  }

  private static <T> Supplier<T> once(Supplier<T> maker) {
    return new Supplier<>() {
      private @Nullable T made;

      @Override
      public synchronized T get() {
        T known = made;
        if (known == null) {
          known = maker.get();
          made = known;
        }
        return known;
      }
    };
  }

  @Override
  public void close() {
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new TowpathException("could not close: " + e.getMessage(), null, e);
      }
    }
    TowpathException reason = lost;
    if (reason != null) {
      // Whatever else went wrong, this is why.
      throw new TowpathException(
          String.valueOf(reason.getMessage()), reason.hint().orElse(null), reason);
    }
  }
}
