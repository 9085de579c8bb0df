package dev.dualprocess.studio.jobs;

/**
 * What {@code job.json} says of a run's folder besides the run itself.
 *
 * @param name for people
 * @param wish what should become of it
 * @param order smaller is earlier
 * @param created when, as ISO 8601 in UTC
 * @param error why it failed, empty if it did not
 * @param previewEvery steps between previews, 0 for none
 */
public record JobNote(
    String name, Wish wish, double order, String created, String error, int previewEvery) {
  /** What should become of a job. */
  public enum Wish {
    /** It is to be begun, or gone on with, when its turn comes. */
    RUN,
    /** It waits for somebody to let it go on. */
    HOLD,
    /** It has ended by itself. */
    ENDED,
    /** It has failed. */
    FAILED
  }

  /** This note with another wish. */
  public JobNote wishing(Wish newWish) {
    return new JobNote(name, newWish, order, created, "", previewEvery);
  }

  /** This note at another place. */
  public JobNote at(double newOrder) {
    return new JobNote(name, wish, newOrder, created, error, previewEvery);
  }

  /** This note of a job that failed. */
  public JobNote failed(String why) {
    return new JobNote(name, Wish.FAILED, order, created, why, previewEvery);
  }

  /** This note with another distance of previews. */
  public JobNote previewing(int every) {
    return new JobNote(name, wish, order, created, error, every);
  }
}
