package dev.towpath.cli;

import dev.towpath.core.project.Project;
import dev.towpath.core.project.Variables;
import dev.towpath.spi.S3Connection;
import dev.towpath.spi.TowpathException;
import java.util.Optional;
import java.util.function.Supplier;

/** The connections to object stores that a project declares, and the one of the environment. */
record ObjectConnections(Supplier<Project> project) implements S3Connection.Finder {
  @Override
  public S3Connection find(Optional<String> name) {
    Variables variables = project.get().variables();
    return name.map(n -> declared(n, variables)).orElseGet(() -> ofEnvironment(variables));
  }

  private S3Connection declared(String name, Variables variables) {
    S3Connection written = project.get().connections().get(name);
    if (written == null) {
      throw new TowpathException(
          "unknown connection \"" + name + "\"", "declare it under connections: in towpath.yml");
    }
    return new S3Connection(
        name,
        written.endpoint().map(variables::resolve),
        variables.resolve(written.region()),
        written
            .keys()
            .map(keys ->
                new S3Connection.Keys(
                    variables.resolve(keys.access()),
                    variables.resolve(keys.secret()),
                    keys.token().map(variables::resolve).filter(token -> !token.isBlank()))),
        written.pathStyle());
  }

  /** By the names that AWS's own tools give them. */
  private static S3Connection ofEnvironment(Variables variables) {
    Optional<String> access = variables.open("AWS_ACCESS_KEY_ID");
    Optional<String> secret = variables.secret("AWS_SECRET_ACCESS_KEY");
    if (access.isEmpty() || secret.isEmpty()) {
      throw new TowpathException(
          "there are no keys for the bucket: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not"
              + " both set",
          "set them, also in .env beside towpath.yml, or write connection: and declare one in"
              + " towpath.yml, with anonymous: true for buckets that anybody may list");
    }
    return new S3Connection(
        "",
        variables.open("AWS_ENDPOINT_URL_S3").or(() -> variables.open("AWS_ENDPOINT_URL")),
        variables
            .open("AWS_REGION")
            .or(() -> variables.open("AWS_DEFAULT_REGION"))
            .orElse(S3Connection.USUAL_REGION),
        Optional.of(
            new S3Connection.Keys(
                access.get(), secret.get(), variables.secret("AWS_SESSION_TOKEN"))),
        Optional.empty());
  }
}
