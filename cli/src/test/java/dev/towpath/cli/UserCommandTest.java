package dev.towpath.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users and tokens by commands; secrets are told once, or never. */
class UserCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PASSWORD = "several words together";

  @TempDir private Path folder;
  private Towpath project;

  @BeforeEach
  void project() throws IOException {
    project = new Towpath(folder);
    project.write("towpath.yml", "project: t\naccess: {viewer: {tables: [raw.*]}}\n");
    project.write("seeds/raw/t.csv", "id\n1\n");
  }

  private static Towpath.Result typing(String text, Towpath project, String... command) {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(text.getBytes(UTF_8)));
    try {
      return project.run(command);
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void aPasswordComesFromStandardInput() throws IOException {
    Towpath.Result added =
        typing(PASSWORD + "\nmore", project, "user", "add", "ada", "--password-stdin").good();
    assertThat(added.out()).contains("added ada, viewer").doesNotContain(PASSWORD);
    String list = project.run("user", "ls").good().out();
    assertThat(list).contains("ada", "viewer", "yes", "raw.*").doesNotContain("argon");
    JsonNode user =
        JSON.readTree(project.run("user", "ls", "--json").good().out()).path("users").path(0);
    assertThat(user.path("password").asBoolean()).isTrue();
    assertThat(user.toString()).doesNotContain("argon", "SCRAM");
    typing(PASSWORD + " too\n", project, "user", "password", "ada", "--password-stdin").good();
    Towpath.Result brief =
        typing("short\n", project, "user", "password", "ada", "--password-stdin");
    assertThat(brief.exit()).isEqualTo(1);
    assertThat(brief.err()).contains("from 12 to 200 characters");
    assertThat(typing("", project, "user", "password", "ada", "--password-stdin").exit())
        .isEqualTo(2);
    assertThat(typing("", project, "user", "add", "x", "--password-stdin", "--no-password").exit())
        .isEqualTo(2);
    assertThat(project.run("user", "ls").out()).doesNotContain("\nx ");
    assertThat(everything()).doesNotContain(PASSWORD);
  }

  /** All that the project's folder holds, as text. */
  private String everything() throws IOException {
    StringBuilder text = new StringBuilder();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        text.append(
            new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1));
      }
    }
    return text.toString();
  }

  @Test
  void aTokenIsToldOnce() throws IOException {
    project.run("user", "add", "robot", "--no-password").good();
    String token =
        project
            .run("token", "create", "ci", "--user", "robot", "--expires", "30d")
            .good()
            .out()
            .strip();
    assertThat(token).matches("towpath_[A-Za-z0-9_-]{43}");
    JsonNode made =
        JSON.readTree(
            project
                .run("token", "create", "cd", "--user", "robot", "--expires", "never", "--json")
                .good()
                .out());
    assertThat(made.path("token").asText()).startsWith(made.path("begins").asText());
    assertThat(made.path("expires").isNull()).isTrue();
    String list = project.run("token", "ls").good().out();
    assertThat(list).contains("ci", "robot", "viewer", token.substring(0, 14) + "…", "never");
    assertThat(list).doesNotContain(token);
    assertThat(everything()).as("kept is only its hash").doesNotContain(token);
    assertThat(project.run("token", "create", "ci", "--user", "robot").err())
        .contains("there is a token \"ci\" already");
    project.run("token", "revoke", "ci").good();
    assertThat(project.run("token", "revoke", "ci").exit()).isEqualTo(1);
    project.run("user", "drop", "robot").good();
    assertThat(project.run("token", "ls").good().out()).contains("users have no tokens");
  }

  @Test
  void whatWasDoneIsInTheAuditLog() throws IOException {
    project.run("user", "add", "ada", "--no-password", "--tables", "raw.t").good();
    project.run("user", "grant", "ada", "--role", "editor").good();
    project.run("token", "create", "ci", "--user", "ada").good();
    project.run("token", "revoke", "ci").good();
    project.run("user", "drop", "ada").good();
    List<String> actions = new ArrayList<>();
    JSON.readTree(project.run("audit", "--json").good().out())
        .path("entries")
        .forEach(e -> actions.add(e.path("action").asText()));
    assertThat(actions)
        .containsExactly("drop user", "revoke token", "create token", "grant", "add user");
  }
}
