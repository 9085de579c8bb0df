package dev.dualprocess.cli.console;

import org.jline.utils.Signals;

/**
 * Ctrl-C: the first lets the command finish its step, evaluate and save; the second ends the
 * program at once.
 */
public final class Interrupt implements AutoCloseable {
  /** The exit code of a command that was interrupted. */
  public static final int EXIT_CODE = 130;

  private final Runnable onFirst;
  private final Object earlier;
  private volatile boolean happened;

  /** From now on a first Ctrl-C runs {@code onFirst}, on another thread. */
  public Interrupt(Runnable onFirst) {
    this.onFirst = onFirst;
    this.earlier = Signals.register("INT", this::signalled);
  }

  private void signalled() {
    if (happened) {
      Runtime.getRuntime().halt(EXIT_CODE);
    }
    happened = true;
    onFirst.run();
  }

  /** Whether Ctrl-C was pressed. */
  public boolean happened() {
    return happened;
  }

  @Override
  public void close() {
    Signals.unregister("INT", earlier);
  }
}
