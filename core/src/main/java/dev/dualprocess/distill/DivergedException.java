package dev.dualprocess.distill;

/**
 * A run that had learnt something when a loss or a gradient was no number any more. What it learns
 * is again as it was after an earlier step, from which everything was finite.
 */
public final class DivergedException extends DistillationException {
  private static final long serialVersionUID = 1L;

  private final int step;
  private final int kept;

  /** Of a run that optimises {@code what}. */
  DivergedException(int step, int kept, String what, String reason) {
    super(
        "diverged at step %d: %s; %s"
            .formatted(
                step,
                reason.replaceFirst(" at step " + step + "(?!\\d)", ""),
                kept == 0
                    ? "nothing was learnt before"
                    : "kept the %s of step %d".formatted(what, kept)));
    this.step = step;
    this.kept = kept;
  }

  /** The step that failed, 1 for the first. */
  public int step() {
    return step;
  }

  /** After how many steps the run stands again; 0 is where it began. */
  public int kept() {
    return kept;
  }
}
