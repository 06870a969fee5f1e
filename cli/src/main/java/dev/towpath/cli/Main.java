package dev.towpath.cli;

/** Stand-in until the commands land. */
public final class Main {
  private Main() {}

  /** Prints the version. */
  public static void main(String[] args) {
    System.out.println("towpath " + String.join(" ", args));
  }
}
