package dev.dualprocess.run;

/** The version of this library, which its files say they were written by. */
public final class Version {
  private Version() {}

  /** From its jar, or {@code development} where there is none. */
  public static String current() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
