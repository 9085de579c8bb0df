package dev.dualprocess.cli;

import dev.dualprocess.testing.PeakResident;
import java.io.IOException;

/** The program, which tells at its end how much memory it had in use at most. */
final class MeasuredProgram {
  /** Stands before the number of bytes. */
  static final String TOLD = "peak bytes: ";

  private MeasuredProgram() {}

  /** As {@link DualProcess#main}. */
  public static void main(String[] args) {
    Runtime.getRuntime().addShutdownHook(new Thread(MeasuredProgram::tell));
    DualProcess.main(args);
  }

  private static void tell() {
    try {
      System.out.println(TOLD + PeakResident.bytes());
    } catch (IOException e) {
      System.out.println(e);
    }
  }
}
