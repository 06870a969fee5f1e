package dev.towpath.cli;

import dev.towpath.core.access.Grants;
import dev.towpath.core.access.Role;
import dev.towpath.core.access.User;
import dev.towpath.server.People;
import dev.towpath.spi.TowpathException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "user",
    description = "Users of \"towpath serve\": who may come in, do what and read what.",
    subcommands = {
      UserCommand.Add.class,
      UserCommand.Ls.class,
      UserCommand.Grant.class,
      UserCommand.Password.class,
      UserCommand.Drop.class
    })
final class UserCommand extends BaseCommand {
  @Override
  public Integer call() {
    throw new UsageException(
        "user needs a command", "towpath user add, ls, grant, password or drop");
  }

  /** The users of a platform's store. */
  static People people(Platform platform) {
    return new People(platform.store().access(), platform.environment().name(), platform.clock());
  }

  /** A role that an option names. */
  static Role role(String word) {
    try {
      return Role.parse(word);
    } catch (TowpathException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e.hint().orElse(""));
    }
  }

  static Map<String, @Nullable Object> json(User user) {
    return Json.object(
        "name",
        user.name(),
        "role",
        user.role().word(),
        "tables",
        user.grants().tables(),
        "endpoints",
        user.grants().endpoints(),
        "dashboards",
        user.grants().dashboards(),
        "password",
        user.password().isPresent(),
        "created",
        user.created().toString());
  }

  @Command(
      name = "add",
      description = "Adds a user. The password is asked for, unless an option says otherwise.")
  static final class Add extends BaseCommand {
    @Parameters(paramLabel = "NAME", description = "Letters a to z, digits, _ - . and @.")
    private String name = "";

    @Option(
        names = "--role",
        paramLabel = "ROLE",
        description =
            "viewer reads; editor starts and stops runs, too; admin does everything (default:"
                + " ${DEFAULT-VALUE}).",
        defaultValue = "viewer")
    private String role = "";

    @Mixin private GrantOptions grants = new GrantOptions();

    @Mixin private PasswordOptions password = new PasswordOptions();

    @Override
    public Integer call() {
      try (Platform platform = platform()) {
        Grants own = grants.scope(Optional.empty()).grants();
        String known = User.fresh(name); // before anybody types a password
        User user = people(platform).add(Who.name(), known, role(role), own, password.read(known));
        console()
            .out()
            .println(
                json()
                    ? Json.write(UserCommand.json(user))
                    : "added "
                        + user.name()
                        + ", "
                        + user.role().word()
                        + (user.password().isPresent()
                            ? ""
                            : "; \"towpath token create\" lets in"));
        return Main.OK;
      }
    }
  }

  @Command(name = "ls", description = "Lists users, what they may do, and what they may read.")
  static final class Ls extends BaseCommand {
    @Override
    public Integer call() {
      try (Platform platform = platform()) {
        List<User> users = people(platform).users();
        if (json()) {
          console()
              .out()
              .println(
                  Json.write(Json.object("users", users.stream().map(UserCommand::json).toList())));
        } else if (users.isEmpty()) {
          console().out().println("there are no users; \"towpath user add NAME\" makes one");
        } else {
          TextTable.lines(
                  List.of(
                      "name", "role", "password", "tables", "endpoints", "dashboards", "created"),
                  List.of(false, false, false, false, false, false, false),
                  users.stream().map(user -> line(platform, user)).toList())
              .forEach(console().out()::println);
        }
        return Main.OK;
      }
    }

    /** What the role may read and what is granted besides, in one. */
    private static List<String> line(Platform platform, User user) {
      Grants reads = platform.project().access().principal(user).grants();
      return List.of(
          user.name(),
          user.role().word(),
          user.password().isPresent() ? "yes" : "no",
          String.join(" ", reads.tables()),
          String.join(" ", reads.endpoints()),
          String.join(" ", reads.dashboards()),
          user.created().truncatedTo(ChronoUnit.SECONDS).toString());
    }
  }

  @Command(
      name = "grant",
      description =
          "Changes what a user may do, and read besides what the role may. What is not given stays;"
              + " an empty list takes away.")
  static final class Grant extends BaseCommand {
    @Parameters(paramLabel = "NAME", description = "The user.")
    private String name = "";

    @Option(names = "--role", paramLabel = "ROLE", description = "viewer, editor or admin.")
    private @Nullable String role;

    @Mixin private GrantOptions grants = new GrantOptions();

    @Override
    public Integer call() {
      try (Platform platform = platform()) {
        People.Scope scope = grants.scope(Optional.ofNullable(role).map(UserCommand::role));
        User user = people(platform).allow(Who.name(), name, scope);
        Grants reads = platform.project().access().principal(user).grants();
        console()
            .out()
            .println(
                json()
                    ? Json.write(UserCommand.json(user))
                    : user.name() + ", " + user.role().word() + ", may read " + reads);
        return Main.OK;
      }
    }
  }

  @Command(
      name = "password",
      description = "Sets a user's password, which ends the sessions with the old one.")
  static final class Password extends BaseCommand {
    @Parameters(paramLabel = "NAME", description = "The user.")
    private String name = "";

    @Mixin private PasswordOptions password = new PasswordOptions();

    @Override
    public Integer call() {
      try (Platform platform = platform()) {
        people(platform).password(Who.name(), name, password.read(name));
        console()
            .out()
            .println(json() ? Json.write(Json.object("changed", name)) : "changed " + name);
        return Main.OK;
      }
    }
  }

  @Command(name = "drop", description = "Removes a user with all tokens, and ends the sessions.")
  static final class Drop extends BaseCommand {
    @Parameters(paramLabel = "NAME", description = "The user.")
    private String name = "";

    @Override
    public Integer call() {
      try (Platform platform = platform()) {
        people(platform).drop(Who.name(), name);
        console()
            .out()
            .println(json() ? Json.write(Json.object("dropped", name)) : "dropped " + name);
        return Main.OK;
      }
    }
  }
}
