package dev.dualprocess.distill;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Critique;
import dev.dualprocess.augment.Augmentation;
import org.bytedeco.pytorch.Tensor;

/**
 * One prompt of a run, owned by it.
 *
 * @param conditioning its text as the generator sees it when it draws
 * @param taught the same as training sees it; closed with the conditioning
 * @param examiner what asks about its images
 * @param augmentation of what the verifier is shown
 * @param seed of the run
 */
record Lesson(
    Conditioning conditioning,
    Conditioning taught,
    Examiner examiner,
    Augmentation augmentation,
    long seed)
    implements AutoCloseable {
  private static final long AUGMENTATION_SEEDS = 1_000_003; // more than a run has draws

  /**
   * L of the image and ∂L/∂image in draw k, which sees it disturbed as no other does.
   *
   * @param when how a message goes on: {@code " at step 3"}
   */
  Critique critique(Tensor image, int k, String when) {
    return examiner.critique(image, augmentation.draw(seed * AUGMENTATION_SEEDS + k), when);
  }

  @Override
  public void close() {
    conditioning.close();
    examiner.close();
  }
}
