package dev.towpath.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of this program, from its jar. */
final class Version implements IVersionProvider {
  /** Such as {@code 0.1.0}; {@code dev} when classes do not come from a jar. */
  static String text() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "dev" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "towpath " + text(), "Java " + System.getProperty("java.version"),
    };
  }
}
