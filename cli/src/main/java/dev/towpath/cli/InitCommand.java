package dev.towpath.cli;

import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "init", description = "Makes a small working project to start from.")
final class InitCommand extends BaseCommand {
  private static final List<String> FILES =
      List.of(
          "towpath.yml",
          "gitignore",
          "seeds/raw/orders.csv",
          "models/staging/orders.sql",
          "models/marts/daily.sql",
          "tests/daily.yml",
          "README.md");

  @Parameters(
      arity = "0..1",
      paramLabel = "DIR",
      description = "The new project's folder (default: the working directory).")
  private @Nullable Path directory;

  @Override
  public Integer call() {
    Path root =
        directory == null
            ? options().directory()
            : options().directory().resolve(directory).normalize();
    if (Files.exists(root.resolve("towpath.yml"))) {
      throw new TowpathException(root + " is a project already", "choose another folder");
    }
    try {
      for (String file : FILES) {
        write(root, file);
      }
    } catch (IOException e) {
      throw new TowpathException("cannot write into " + root + ": " + e.getMessage(), null, e);
    }
    if (json()) {
      console()
          .out()
          .println(
              Json.write(
                  Json.object(
                      "project",
                      root.toString(),
                      "files",
                      FILES.stream().map(InitCommand::name).toList())));
    } else {
      console().out().println("made a project in " + root);
      console().out().println("  next: towpath -C " + root + " run");
    }
    return Main.OK;
  }

  /** A file's name in a project; the resource has none that tools would act upon. */
  private static String name(String file) {
    return file.equals("gitignore") ? ".gitignore" : file;
  }

  private static void write(Path root, String file) throws IOException {
    Path target = root.resolve(name(file));
    if (Files.exists(target)) {
      return; // what is there already is the user's
    }
    Files.createDirectories(target.getParent());
    try (InputStream in = InitCommand.class.getResourceAsStream("/init/" + file)) {
      if (in == null) {
        throw new IOException("this build lacks " + file);
      }
      Files.copy(in, target);
    }
  }
}
