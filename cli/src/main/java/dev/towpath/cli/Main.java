package dev.towpath.cli;

/** Stand-in until the commands land. */
public final class Main {
  private Main() {}

  /** Runs one command. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  /** Runs one command and returns its exit code; {@link WarmUp} calls it too. */
  static int run(String... args) {
    System.out.println("towpath " + String.join(" ", args));
    return 0;
  }
}
