package dev.towpath.cli;

import dev.towpath.server.Token;
import picocli.CommandLine.Command;

@Command(
    name = "token",
    description =
        "Prints the token that clients of \"towpath serve\" need. It is made when it is first"
            + " asked for, and kept where only you may read it.")
final class TokenCommand extends BaseCommand {
  @Override
  public Integer call() {
    try (Platform platform = platform()) {
      String token = Token.in(platform.workDirectory());
      console().out().println(json() ? Json.write(Json.object("token", token)) : token);
      return Main.OK;
    }
  }
}
