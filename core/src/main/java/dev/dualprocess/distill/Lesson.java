package dev.dualprocess.distill;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Sampling;

/**
 * One prompt of a run, owned by it.
 *
 * @param conditioning its text as the generator sees it when it draws
 * @param taught the same as training sees it; closed with the conditioning
 * @param critic what asks about its images
 */
record Lesson(Conditioning conditioning, Conditioning taught, Critic critic)
    implements AutoCloseable {
  Lesson(Conditioning conditioning, Sampling trained, Critic critic) {
    this(conditioning, conditioning.forTraining(trained), critic);
  }

  @Override
  public void close() {
    conditioning.close();
    critic.close();
  }
}
