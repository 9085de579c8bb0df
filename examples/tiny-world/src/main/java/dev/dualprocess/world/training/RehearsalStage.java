package dev.dualprocess.world.training;

import dev.dualprocess.flux.FluxNetworks;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.tensor.Memory;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.bytedeco.pytorch.Tensor;

/**
 * The verifier goes on with pictures that the generator draws. In every round it is written as it
 * stands, and what fools it is drawn while it goes on learning, to be a lesson from the next round.
 * In the end it is calibrated.
 */
final class RehearsalStage {
  private static final int ROUNDS = 32;
  private static final int ROUND_STEPS = 200;
  private static final int RUNS = 12; // distillations of a round
  private static final int EXAMINED_EVERY = 4; // rounds
  private static final int PAINTED = 1024;
  private static final int PAINTED_TOGETHER = 64;

  static final int STEPS = VerifierStage.STEPS + ROUNDS * ROUND_STEPS;

  private final Workshop workshop;
  private final TinyFolder folder;

  RehearsalStage(Workshop workshop) {
    this.workshop = workshop;
    this.folder = workshop.folder();
  }

  /** Goes on to the end; false if it was stopped before. */
  boolean run() throws IOException {
    folder.require(Stage.AUTOENCODER);
    folder.require(Stage.GENERATOR);
    folder.require(Stage.VERIFIER);
    try (VerifierCourse course = new VerifierCourse(workshop)) {
      if (course.steps() < VerifierStage.STEPS) {
        throw new IOException(
            "%s: the verifier has taken %d of %d steps; go on with --stage %s first"
                .formatted(
                    folder.checkpoints(), course.steps(), VerifierStage.STEPS, Stage.VERIFIER));
      }
      course.add(painted());
      try (RehearsalsAside aside = new RehearsalsAside(folder, RUNS, workshop.stopping())) {
        for (int round = 0; round < ROUNDS; round++) {
          Optional<List<BufferedImage>> drawn = aside.last();
          if (drawn.isEmpty()) {
            return false;
          }
          drawn.get().forEach(picture -> course.add(List.of(new Subject.Measured(picture))));
          if (course.steps() == VerifierStage.STEPS + round * ROUND_STEPS) {
            course.write();
            if (round % EXAMINED_EVERY == 0) {
              course.examine();
            }
          }
          if (round < ROUNDS - 1) {
            aside.start(round);
          }
          if (!course.run(VerifierStage.STEPS + (round + 1) * ROUND_STEPS)) {
            return false;
          }
        }
      }
      course.writeCalibrated();
      course.examine();
      return true;
    }
  }

  /** Pictures that the generator draws of random scenes. */
  private List<Subject> painted() throws IOException {
    List<Subject> painted = new ArrayList<>();
    try (FluxNetworks networks =
            FluxNetworks.open(folder.flux(), new Initial(Workshop.SEED, Workshop.NONE));
        ScenePool pool = new ScenePool(networks, PAINTED, new Random(Workshop.SEED + 2))) {
      for (int i = 0; i < PAINTED; i += PAINTED_TOGETHER) {
        long seed = Workshop.SEED + i;
        Memory.freeing(
            () -> {
              ScenePool.Sample sample = pool.sample(PAINTED_TOGETHER, new Random(seed));
              Tensor drawn = GeneratorTraining.draw(networks, sample, seed);
              for (int k = 0; k < PAINTED_TOGETHER; k++) {
                painted.add(
                    Subject.Painted.of(
                        sample.scenes().get(k), Pixels.toImage(drawn.narrow(0, k, 1))));
              }
              return null;
            });
      }
    }
    return painted;
  }
}
