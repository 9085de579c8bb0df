package dev.dualprocess.distill;

import org.bytedeco.pytorch.Tensor;

/** Something that a draft's image should not become. */
interface ImagePenalty {
  /** What is added to the loss; waits for the device. */
  double value();

  /** Its derivative by the image, of the image's shape; in the caller's scope. */
  Tensor gradient();
}
