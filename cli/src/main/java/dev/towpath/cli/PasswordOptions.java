package dev.towpath.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a password comes from: never from the command line, which others can read. */
final class PasswordOptions {
  @Option(
      names = "--password-stdin",
      description = "Read the password from the first line of standard input.")
  private boolean stdin;

  @Option(
      names = "--no-password",
      description = "Have none: for a program, which comes in by a token.")
  private boolean none;

  /** The password; empty when there is to be none. */
  Optional<String> read(String user) {
    if (none && stdin) {
      throw new UsageException("--no-password and --password-stdin exclude each other", "keep one");
    }
    if (none) {
      return Optional.empty();
    }
    return Optional.of(stdin ? line() : asked(user));
  }

  private static String line() {
    try {
      @Nullable String line =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
      if (line == null) {
        throw new UsageException(
            "there is no password on standard input",
            "write it there, such as: pass show towpath | towpath user ...");
      }
      return line;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String asked(String user) {
    java.io.Console terminal =
        Optional.ofNullable(System.console())
            .filter(java.io.Console::isTerminal)
            .orElseThrow(() ->
                new UsageException(
                    "there is no terminal to ask for a password at",
                    "--password-stdin reads it from standard input; --no-password has none"));
    char @Nullable [] first = terminal.readPassword("password of %s: ", user);
    char @Nullable [] again = terminal.readPassword("again: ");
    if (first == null || !Arrays.equals(first, again)) {
      throw new UsageException("these are two passwords", "type the same twice");
    }
    return new String(first);
  }
}
