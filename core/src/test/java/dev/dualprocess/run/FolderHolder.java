package dev.dualprocess.run;

import java.io.IOException;
import java.nio.file.Path;

/** A program that opens a run's folder and stays in it. */
final class FolderHolder {
  private FolderHolder() {}

  /** Says {@code held} once it is in, or why it cannot. */
  public static void main(String[] args) throws InterruptedException {
    try {
      RunFolder.open(Path.of(args[0]));
      System.out.println("held");
      Thread.sleep(60_000);
    } catch (IOException e) {
      System.out.println(e.getMessage());
    }
  }

  static Process start(Path folder) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            FolderHolder.class.getName(),
            folder.toString())
        .redirectErrorStream(true)
        .start();
  }
}
