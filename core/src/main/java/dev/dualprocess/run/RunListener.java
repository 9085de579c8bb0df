package dev.dualprocess.run;

import dev.dualprocess.distill.StepReport;
import java.util.Map;

/** Whoever watches long work: a person at a console, a machine, or nobody. */
public interface RunListener {
  /** A listener that hears nothing and never asks to stop. */
  RunListener NONE = new RunListener() {};

  /**
   * A line for people, as {@link String#format} makes it from these in {@link
   * java.util.Locale#ROOT}.
   */
  default void say(String format, Object... values) {}

  /** Something that happened, for machines. */
  default void event(String name, Map<String, ?> fields) {}

  /**
   * Some work of a known number of pieces begins.
   *
   * @param total of its pieces
   * @param done how many of them are done already
   * @return what is told of them, and closed at their end
   */
  default Progress progress(String task, int total, int done) {
    return Progress.UNSEEN;
  }

  /**
   * Some work begins that can be ended early.
   *
   * @param stop lets it finish its piece and end; may be called by any thread until the progress is
   *     closed
   */
  default Progress progress(String task, int total, int done, Runnable stop) {
    return progress(task, total, done);
  }

  /** How far some work has come: told piece by piece, closed at its end. */
  interface Progress extends AutoCloseable {
    /** Progress that nobody looks at. */
    Progress UNSEEN = new Progress() {};

    /** One optimisation step was done. */
    default void step(StepReport report) {}

    /** One piece of other work was done. */
    default void piece() {}

    /** The work has ended. */
    @Override
    default void close() {}
  }
}
