package dev.towpath.cli;

import dev.towpath.core.check.Checked;
import dev.towpath.importer.dbt.DbtImport;
import dev.towpath.importer.dbt.Imported;
import dev.towpath.spi.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "import",
    description = "Makes a project from one of another tool.",
    subcommands = ImportCommand.Dbt.class)
final class ImportCommand extends BaseCommand {
  @Override
  public Integer call() {
    throw new UsageException("import needs a kind of project", "towpath import dbt DIR");
  }

  @Command(
      name = "dbt",
      description =
          "Makes a project from a dbt project, checks it, and lists what is left to do by hand. Needs"
              + " neither dbt nor a warehouse; the dbt project stays as it is.")
  static final class Dbt extends BaseCommand {
    @Parameters(paramLabel = "DIR", description = "The folder of dbt_project.yml.")
    private Path directory = Path.of("");

    @Option(
        names = "--to",
        paramLabel = "TARGET",
        description =
            "The new project's folder, missing or empty (default: <name>-towpath in the working"
                + " directory).")
    private @Nullable Path target;

    @Option(
        names = "--sources",
        paramLabel = "FOLDER",
        description =
            "Where files with the rows of sources are: <source>.<table>.csv, .parquet and the like.")
    private @Nullable Path sources;

    @Override
    public Integer call() {
      Path here = options().directory();
      Path from = here.resolve(directory).normalize();
      if (sources != null && !Files.isDirectory(here.resolve(sources))) {
        throw new UsageException("there is no folder " + sources, "--sources names a folder");
      }
      Path to =
          target == null
              ? here.resolve(DbtImport.projectName(from) + "-towpath")
              : here.resolve(target).normalize();
      Imported imported =
          new DbtImport(from, to, Optional.ofNullable(sources).map(here::resolve)).run();
      Checked checked;
      try (Platform platform = new Platform(options().in(to), clock())) {
        checked = platform.check();
      }
      if (json()) {
        json(imported, checked);
      } else {
        text(imported, checked);
      }
      return checked.passed() ? Main.OK : Main.FAILED;
    }

    private void json(Imported imported, Checked checked) {
      console()
          .out()
          .println(
              Json.write(
                  Json.object(
                      "project",
                      imported.target().toString(),
                      "files",
                      imported.files(),
                      "notes",
                      imported.notes().stream().map(Json::problem).toList(),
                      "problems",
                      checked.problems().stream().map(Json::problem).toList())));
    }

    private void text(Imported imported, Checked checked) {
      List<Problem> notes = imported.notes();
      notes.stream().filter(Problem::isError).forEach(n -> note("not imported: ", n));
      notes.stream().filter(n -> !n.isError()).forEach(n -> note("note: ", n));
      long missing = notes.stream().filter(Problem::isError).count();
      console()
          .out()
          .println(
              "imported "
                  + Console.count(imported.models(), "model")
                  + ", "
                  + Console.count(imported.seeds(), "seed")
                  + " and "
                  + Console.count(imported.sources(), "source")
                  + " into "
                  + imported.target());
      console()
          .out()
          .println(
              "  "
                  + missing
                  + " not imported, "
                  + (notes.size() - missing)
                  + " in another form; listed in IMPORT.md too");
      if (checked.passed()) {
        console().out().println("  the new project passes its check");
      } else {
        console().err().println("the new project does not pass its check yet:");
        console().problems(checked.problems());
      }
    }

    private void note(String kind, Problem note) {
      console().err().println(note.location() + ": " + kind + note.message());
      note.hint().ifPresent(hint -> console().err().println("  hint: " + hint));
    }
  }
}
