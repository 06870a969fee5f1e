package dev.towpath.cli;

import dev.towpath.core.access.Grants;
import dev.towpath.core.access.User;
import dev.towpath.server.ServerFile;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "connect",
    description =
        "Prints what a tool needs to read the served tables by the PostgreSQL protocol: a file to"
            + " open, a URL, or a few lines of code. Never a password: the tool asks for it.")
final class ConnectCommand extends BaseCommand {
  private static final int MOST_PORT = 65_535;

  @Parameters(
      paramLabel = "TOOL",
      description = "tableau, powerbi, metabase, superset, excel, jdbc or python.")
  private ConnectText.Tool tool = ConnectText.Tool.JDBC;

  @Option(
      names = "--user",
      paramLabel = "NAME",
      description =
          "Who comes in, with a password; admin has the local token as password, and whoever has a"
              + " token of a user comes in as token (default: ${DEFAULT-VALUE}).",
      defaultValue = "admin")
  private String user = "";

  @Option(
      names = "--host",
      paramLabel = "H",
      description = "Where the server is (default: as the server of this project says).")
  private @Nullable String host;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "Its --pg-port (default: as the server of this project says).")
  private @Nullable Integer port;

  @Option(
      names = "--no-tls",
      description = "The server speaks no TLS (default: it does, unless it is on this machine).")
  private boolean plain;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Write it there, such as canal.tds or canal.pbids.")
  private @Nullable Path output;

  @Override
  public Integer call() {
    if (port != null && (port < 1 || port > MOST_PORT)) {
      throw new UsageException("--port cannot be " + port, "it is a number from 1 to " + MOST_PORT);
    }
    try (Platform platform = platform()) {
      Optional<ServerFile.Note> note = new ServerFile(platform.workDirectory()).read();
      String where =
          Optional.ofNullable(host)
              .or(() -> note.map(ServerFile.Note::url).map(URI::getHost))
              .orElseThrow(ConnectCommand::nobody);
      int at =
          Optional.ofNullable(port)
              .or(() -> note.flatMap(ServerFile.Note::pgPort))
              .orElseThrow(ConnectCommand::nobody);
      boolean tls =
          host == null
              ? note.map(ServerFile.Note::url)
                  .map(URI::getScheme)
                  .filter("https"::equals)
                  .isPresent()
              : !plain;
      List<TableName> tables =
          platform
              .store()
              .view(
                  platform.environment().name(),
                  platform.store().head(platform.environment().name()).number())
              .tables()
              .keySet()
              .stream()
              .filter(granted(platform)::reads)
              .sorted()
              .toList();
      String text =
          new ConnectText(where, at, platform.project().name(), user, tls && !plain, tables)
              .of(tool);
      print(text);
      return Main.OK;
    }
  }

  /** What the user may read, so that the tool opens one of those tables. */
  private Grants granted(Platform platform) {
    return platform
        .store()
        .access()
        .user(User.known(user))
        .map(known -> platform.project().access().principal(known).grants())
        .orElse(Grants.ALL); // admin, or a token, which says who it is
  }

  private static TowpathException nobody() {
    return new TowpathException(
        "no server of this project answers the PostgreSQL protocol here",
        "start one with: towpath serve --pg-port 5433; or name one with --host and --port");
  }

  private void print(String text) {
    Path file = output;
    if (file == null) {
      console()
          .out()
          .println(
              json() ? Json.write(Json.object(tool.name().toLowerCase(Locale.ROOT), text)) : text);
      return;
    }
    try {
      Files.writeString(file, text + "\n");
    } catch (IOException e) {
      throw new TowpathException("cannot write " + file + ": " + e.getMessage(), null, e);
    }
    console()
        .out()
        .println(
            json()
                ? Json.write(Json.object("file", file.toString()))
                : "wrote " + file + "; open it, and the tool asks for the password");
  }
}
