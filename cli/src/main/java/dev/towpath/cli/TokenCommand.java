package dev.towpath.cli;

import dev.towpath.core.access.ApiToken;
import dev.towpath.server.People;
import dev.towpath.server.Token;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "token",
    description =
        "Prints the token that clients of \"towpath serve\" need. It is made when it is first"
            + " asked for, and kept where only you may read it. The commands are about tokens of"
            + " users.",
    subcommands = {TokenCommand.Create.class, TokenCommand.Ls.class, TokenCommand.Revoke.class})
final class TokenCommand extends BaseCommand {
  @Override
  public Integer call() {
    try (Platform platform = platform()) {
      String token = Token.in(platform.workDirectory());
      console().out().println(json() ? Json.write(Json.object("token", token)) : token);
      return Main.OK;
    }
  }

  private static Map<String, @Nullable Object> json(ApiToken token) {
    return Json.object(
        "name",
        token.name(),
        "user",
        token.user(),
        "begins",
        token.shown(),
        "role",
        token.role().word(),
        "tables",
        token.grants().tables(),
        "endpoints",
        token.grants().endpoints(),
        "dashboards",
        token.grants().dashboards(),
        "created",
        token.created().toString(),
        "expires",
        token.expires().map(Instant::toString).orElse(null),
        "used",
        token.used().map(Instant::toString).orElse(null));
  }

  @Command(
      name = "create",
      description =
          "Makes a token for a user and prints it, this once: kept is only its hash. It allows no"
              + " more than the user may, and less with options.")
  static final class Create extends BaseCommand {
    private static final Pattern LIFE = Pattern.compile("(\\d{1,5})([hd])");

    @Parameters(paramLabel = "NAME", description = "The token's name, such as ci.")
    private String name = "";

    @Option(
        names = "--user",
        paramLabel = "NAME",
        required = true,
        description = "Whose it is; \"towpath user add --no-password\" makes one for a program.")
    private String user = "";

    @Option(names = "--role", paramLabel = "ROLE", description = "No more than this.")
    private @Nullable String role;

    @Mixin private GrantOptions grants = new GrantOptions();

    @Option(
        names = "--expires",
        paramLabel = "TIME",
        description = "When it ends: 12h, 30d or never (default: ${DEFAULT-VALUE}).",
        defaultValue = "90d")
    private String expires = "";

    @Override
    public Integer call() {
      Optional<Duration> life = life();
      try (Platform platform = platform()) {
        People.Scope scope = grants.scope(Optional.ofNullable(role).map(UserCommand::role));
        People.Made made = UserCommand.people(platform).token(Who.name(), name, user, scope, life);
        if (json()) {
          Map<String, @Nullable Object> json = TokenCommand.json(made.token());
          json.put("token", made.text());
          console().out().println(Json.write(json));
        } else {
          console().out().println(made.text());
        }
        return Main.OK;
      }
    }

    private Optional<Duration> life() {
      if (expires.equals("never")) {
        return Optional.empty();
      }
      Matcher parts = LIFE.matcher(expires);
      if (!parts.matches() || Long.parseLong(parts.group(1)) == 0) {
        throw new UsageException(
            "--expires cannot be \"" + expires + "\"", "write 12h, 30d or never");
      }
      long number = Long.parseLong(parts.group(1));
      return Optional.of(
          parts.group(2).equals("h") ? Duration.ofHours(number) : Duration.ofDays(number));
    }
  }

  @Command(name = "ls", description = "Lists the tokens of users; never their texts.")
  static final class Ls extends BaseCommand {
    @Override
    public Integer call() {
      try (Platform platform = platform()) {
        List<ApiToken> tokens = UserCommand.people(platform).tokens();
        if (json()) {
          console()
              .out()
              .println(
                  Json.write(
                      Json.object("tokens", tokens.stream().map(TokenCommand::json).toList())));
        } else if (tokens.isEmpty()) {
          console().out().println("users have no tokens; \"towpath token create\" makes one");
        } else {
          TextTable.lines(
                  List.of("name", "user", "role", "tables", "begins", "expires", "used"),
                  List.of(false, false, false, false, false, false, false),
                  tokens.stream().map(this::line).toList())
              .forEach(console().out()::println);
        }
        return Main.OK;
      }
    }

    private List<String> line(ApiToken token) {
      return List.of(
          token.name(),
          token.user(),
          token.role().word(),
          String.join(" ", token.grants().tables()),
          token.shown() + "…",
          token.isExpired(clock().instant())
              ? "it has expired"
              : token.expires().map(Ls::seconds).orElse("never"),
          token.used().map(Ls::seconds).orElse("never"));
    }

    private static String seconds(Instant at) {
      return at.truncatedTo(ChronoUnit.SECONDS).toString();
    }
  }

  @Command(name = "revoke", description = "Removes a token; a server sees that within a second.")
  static final class Revoke extends BaseCommand {
    @Parameters(paramLabel = "NAME", description = "The token's name.")
    private String name = "";

    @Override
    public Integer call() {
      try (Platform platform = platform()) {
        UserCommand.people(platform).revoke(Who.name(), name);
        console()
            .out()
            .println(json() ? Json.write(Json.object("revoked", name)) : "revoked " + name);
        return Main.OK;
      }
    }
  }
}
