package dev.dualprocess.run;

import java.lang.management.ManagementFactory;

/** The machine, or the container, that this program runs on. */
public final class ThisHost {
  private ThisHost() {}

  /** Its name; the virtual machine is called {@code pid@host}. */
  public static String name() {
    String name = ManagementFactory.getRuntimeMXBean().getName();
    return name.substring(name.indexOf('@') + 1);
  }
}
