package dev.towpath.task.python.environment;

import dev.towpath.spi.PythonPackages;
import dev.towpath.task.python.Interpreters;
import dev.towpath.task.python.Packaged;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The Python that a project's models and jobs run with. A project that asks for packages has an
 * environment of its own, built once for their list and this Python; one that does not has the
 * Python of its {@code .venv}, or the machine's as it is. Thread-safe.
 */
public final class ProjectPython implements Interpreters {
  private final Path files;
  private final Path cache;
  private final Map<String, String> variables;
  private final Search search;
  private final Progress progress;
  private final Environments environments;
  private @Nullable Requirements requirements;
  private @Nullable Interpreter base;
  private @Nullable Path python;
  private @Nullable Path home;

  /**
   * Looks at nothing yet.
   *
   * @param root the project's folder
   * @param cache kept from one process to the next
   * @param variables the process's environment: {@code PATH}, {@code TOWPATH_PYTHON}
   * @param progress told while packages are installed
   */
  public ProjectPython(Path root, Path cache, Map<String, String> variables, Progress progress) {
    this(root, root, cache, variables, progress);
  }

  /** The Python of a copy of a project's files; what they ask for is read there. */
  public ProjectPython(
      Path root, Path files, Path cache, Map<String, String> variables, Progress progress) {
    this.files = files;
    this.cache = cache;
    this.variables = Map.copyOf(variables);
    this.search = new Search(variables, root, new Known(cache.resolve("python").resolve("known")));
    this.progress = progress;
    this.environments = new Environments(cache.resolve("python"));
  }

  @Override
  public synchronized Path forParsing() {
    return base().executable();
  }

  @Override
  public synchronized Optional<Path> ready() {
    if (python == null) {
      python =
          requirements().kind() == PythonPackages.Kind.NONE
              ? base().executable()
              : environments.complete(requirements().key(base())).orElse(null);
    }
    return Optional.ofNullable(python);
  }

  /** Installing takes minutes, in which others go on, and each waits only as long as it likes. */
  @Override
  public Path python() {
    Optional<Path> known = ready();
    if (known.isPresent()) {
      return known.get();
    }
    Requirements wanted;
    Interpreter interpreter;
    synchronized (this) {
      wanted = requirements();
      interpreter = base();
    }
    Installer installer =
        search
            .uv()
            .<Installer>map(uv -> new Uv(uv, variables))
            .orElseGet(() -> new Pip(home(), variables));
    String key = wanted.key(interpreter);
    Path made =
        environments.build(
            key,
            progress,
            () -> {
              new ProjectFile(home(), variables).check(interpreter.executable(), wanted);
              wanted.requirePaths();
              progress.line(
                  "installing the packages of "
                      + wanted.decides()
                      + " with "
                      + installer.name()
                      + ", once for this list and Python "
                      + interpreter.version());
              installer.install(environments.folder(key), interpreter, wanted, progress);
            });
    synchronized (this) {
      python = made;
    }
    return made;
  }

  @Override
  public synchronized String packagesFile() {
    return requirements().file().isEmpty() ? "requirements.txt" : requirements().file();
  }

  @Override
  public synchronized Path home() {
    Path known = home;
    if (known == null) {
      known = Packaged.in(cache);
      home = known;
    }
    return known;
  }

  private Requirements requirements() {
    Requirements known = requirements;
    if (known == null) {
      known = Requirements.of(files);
      requirements = known;
    }
    return known;
  }

  private Interpreter base() {
    Interpreter known = base;
    if (known == null) {
      known = search.python(requirements().kind() == PythonPackages.Kind.NONE);
      base = known;
    }
    return known;
  }
}
