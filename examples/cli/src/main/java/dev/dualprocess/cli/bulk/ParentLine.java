package dev.dualprocess.cli.bulk;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * What a worker process hears of its parent through its standard input: a line says to stop, and
 * its end that the parent is gone.
 */
public final class ParentLine {
  /** The exit code of a process whose parent is gone. */
  static final int ORPHANED = 77;

  static final String STOP = "stop\n";

  private ParentLine() {}

  /** Ends this process when the parent is gone; whatever else that says is not heard. */
  public static void endWith(InputStream in) {
    listen(in, new StopSignal());
  }

  /** Listens from now on. */
  static void listen(InputStream in, StopSignal stop) {
    Thread thread = new Thread(() -> hear(in, stop), "parent");
    thread.setDaemon(true);
    thread.start();
  }

  private static void hear(InputStream in, StopSignal stop) {
    try {
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      while (lines.readLine() != null) {
        stop.request();
      }
    } catch (IOException e) {
      // As at its end.
    }
    Runtime.getRuntime().halt(ORPHANED);
  }
}
